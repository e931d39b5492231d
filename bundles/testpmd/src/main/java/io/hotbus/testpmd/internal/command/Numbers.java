// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.eal.config.WholeNumber;

/** Numbers among the words of a command. */
final class Numbers {
    private Numbers() {
    }

    /** @throws IllegalArgumentException naming what it is for and the range */
    static int parse(String what, String word, int min, int max) {
        return WholeNumber.parse(word, min, max).orElseThrow(() -> new IllegalArgumentException(
                "%s: '%s' is not a number from %s to %s".formatted(what, word, min, max)));
    }
}
