// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.config;

/**
 * A setting has an invalid value. The message names the PID, the key, the value and what is needed.
 * It can be shown to an operator as it is.
 */
public final class SettingException extends Exception {
    private static final long serialVersionUID = 1L;

    /** {@code io.hotbus.core: etc/io.hotbus.core.cfg is not text in UTF-8}. */
    public SettingException(String pid, String flaw) {
        super(pid + ": " + flaw);
    }

    /** {@code io.hotbus.core: listener.backlog=many: a number from 1 to 1000000 is needed}. */
    public SettingException(String pid, String key, String value, String wanted) {
        super("%s: %s=%s: %s".formatted(pid, key, value, wanted));
    }
}
