// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import java.util.Locale;

/** The ways in which the tests remove a device. */
public enum Removal {
    /** The removal is reported to {@code HotUnplug}, as a bus does on a uevent. */
    REPORTED("reported"),
    /** The memory behind all windows of the device goes: the next access raises SIGBUS. */
    FAULT("by a fault"),
    /** The {@code RemovalInjector} of its owner pulls the device out. */
    SLOT("pulled out of its slot");

    private final String words;

    Removal(String words) {
        this.words = words;
    }

    /** The word in the configuration: {@code fault}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The words in the name of a test: {@code net_sim0, by a fault}. */
    @Override
    public String toString() {
        return words;
    }
}
