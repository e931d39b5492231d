// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.checkup;

import java.util.Objects;

/**
 * One thing that a {@link Checkup} has looked at.
 *
 * @param level   how it is
 * @param subject what was looked at, in a word or two: {@code hugepages}, {@code bind=vfio-pci}
 * @param text    what was found, in one line
 * @param cure    what to do, as an operator would type or read it; empty if all is well
 */
public record Finding(Level level, String subject, String text, String cure) {
    /** How something is. */
    public enum Level {
        /** It works. */
        OK,
        /** It does not work, or works less well, but devices can be driven without. */
        WARNING,
        /** Devices cannot be driven as it is. */
        BAD
    }

    /** Checks that nothing is null. */
    public Finding {
        Objects.requireNonNull(level);
        Objects.requireNonNull(subject);
        Objects.requireNonNull(text);
        Objects.requireNonNull(cure);
    }

    /** Something that works. */
    public static Finding ok(String subject, String text) {
        return new Finding(Level.OK, subject, text, "");
    }

    /** Something that devices can be driven without. */
    public static Finding warning(String subject, String text, String cure) {
        return new Finding(Level.WARNING, subject, text, cure);
    }

    /** Something that keeps devices from being driven. */
    public static Finding bad(String subject, String text, String cure) {
        return new Finding(Level.BAD, subject, text, cure);
    }
}
