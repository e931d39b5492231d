// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.config;

import java.util.Collection;
import java.util.Optional;

/**
 * A setting has an invalid value. The message names the PID, the key, the value unless it
 * is a secret, and what is needed. It can be shown to an operator as it is.
 */
public final class SettingException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String key;
    private final String flaw;

    /** {@code io.hotbus.core: etc/io.hotbus.core.cfg is not text in UTF-8}. */
    public SettingException(String pid, String flaw) {
        this(flaw, pid, Optional.empty());
    }

    /**
     * {@code io.hotbus.core: listener.backlog=many: a number from 1 to 1000000 is needed}. A value
     * that is secret by the name of its key is left out.
     */
    public SettingException(String pid, String key, String value, String wanted) {
        this("%s=%s: %s".formatted(key, Secrets.hide(key, value), wanted), pid, Optional.of(key));
    }

    /** A key that does not exist. Its value, which may be a secret, is left out. */
    static SettingException unknown(String pid, String key, Collection<String> known) {
        return new SettingException("%s: there is no such setting (there are: %s)".formatted(
                key, String.join(", ", known)), pid, Optional.of(key));
    }

    private SettingException(String flaw, String pid, Optional<String> key) {
        super(pid + ": " + flaw);
        this.key = key.orElse("");
        this.flaw = flaw;
    }

    /** The key whose value is wrong; empty if the error is of no single key. */
    public Optional<String> key() {
        return key.isEmpty() ? Optional.empty() : Optional.of(key);
    }

    /** The message without the PID. */
    public String flaw() {
        return flaw;
    }
}
