// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

/** Numbers among the words of a command. */
final class Numbers {
    private Numbers() {
    }

    /** @throws IllegalArgumentException naming what it is for and the range */
    static int parse(String what, String word, int min, int max) {
        try {
            int number = Integer.parseInt(word);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("%s: '%s' is not a number from %d to %d"
                .formatted(what, word, min, max));
    }
}
