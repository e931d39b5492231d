// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import java.util.Locale;

/** The ways in which the tests take a device away. */
public enum Removal {
    /** It is reported to {@code HotUnplug}, as a bus does at a uevent. */
    REPORTED("reported"),
    /** The memory behind all its windows goes: the next access is a SIGBUS. */
    FAULT("by a fault"),
    /** Its owner's {@code RemovalInjector} pulls it out. */
    SLOT("pulled out of its slot");

    private final String words;

    Removal(String words) {
        this.words = words;
    }

    /** As it is configured: {@code fault}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As in {@code net_sim0, by a fault}. */
    @Override
    public String toString() {
        return words;
    }
}
