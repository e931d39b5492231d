// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.config;

import java.util.regex.Pattern;

/**
 * Hides values that are secret by the name of their key. {@code launcher/hotbus report} has the
 * same rule for what it prints.
 */
final class Secrets {
    /** A name that contains one of these words is that of a secret. */
    static final String WORDS =
            "password|passwd|passphrase|secret|token|credential|apikey|privatekey";
    private static final String HIDDEN = "*****";
    private static final String NAME = "[a-z0-9_.-]*(?:" + WORDS + ")[a-z0-9_.-]*";
    private static final Pattern KEY = Pattern.compile(NAME, Pattern.CASE_INSENSITIVE);
    private static final Pattern PAIR =
            Pattern.compile("(" + NAME + "=)[^ ]+", Pattern.CASE_INSENSITIVE);

    private Secrets() {
    }

    /** {@code value} without what is secret in it: all of it, or what {@code secret=} precedes. */
    static String hide(String key, String value) {
        return KEY.matcher(key).matches() ? HIDDEN : PAIR.matcher(value).replaceAll("$1" + HIDDEN);
    }
}
