// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.config;

import java.util.OptionalInt;

/**
 * Reads whole numbers that people write in settings, devargs and commands. Accepts ASCII digits
 * only: {@link Integer#parseInt} also accepts digits of other scripts, which a reader may take for
 * another number.
 */
public final class WholeNumber {
    private WholeNumber() {
    }

    /**
     * Parses a decimal number; empty if {@code text} is not one or is outside {@code [min, max]}.
     */
    public static OptionalInt parse(String text, int min, int max) {
        return read(text, min, max, 10);
    }

    /**
     * Parses a decimal number, or a hexadecimal one after {@code 0x}, as {@link Integer#decode}
     * does; empty if {@code text} is not a number or is outside {@code [min, max]}.
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
