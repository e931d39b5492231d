// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.config;

import java.util.OptionalInt;

/**
 * Reads whole numbers that people write in settings, devargs and commands. Digits are ASCII alone:
 * {@link Integer#parseInt} also takes those of other scripts, which look alike or mean another
 * number to the reader.
 */
public final class WholeNumber {
    private WholeNumber() {
    }

    /** A decimal number; empty where {@code text} is none, or outside {@code [min, max]}. */
    public static OptionalInt parse(String text, int min, int max) {
        return read(text, min, max, 10);
    }

    /**
     * A decimal number, or with {@code 0x} in front a hexadecimal one, as {@link Integer#decode}
     * has it; empty where {@code text} is none, or outside {@code [min, max]}.
     */
    public static OptionalInt decode(String text, int min, int max) {
        return read(text, min, max, 0);
    }

    private static OptionalInt read(String text, int min, int max, int radix) {
        if (text.chars().allMatch(c -> c < 0x80)) {
            try {
                int number = radix == 0 ? Integer.decode(text) : Integer.parseInt(text, radix);
                return number >= min && number <= max ? OptionalInt.of(number)
                        : OptionalInt.empty();
            } catch (NumberFormatException e) {
                // no number
            }
        }
        return OptionalInt.empty();
    }
}
