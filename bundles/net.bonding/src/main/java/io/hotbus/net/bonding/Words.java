// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Constants as words of the command line: in small letters. */
final class Words {
    private Words() {
    }

    /** The constant of that word. */
    static <E extends Enum<E>> Optional<E> of(Class<E> type, String word) {
        return Arrays.stream(type.getEnumConstants()).filter(one -> of(one).equals(word))
                .findFirst();
    }

    /** The word of a constant. */
    static String of(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT);
    }

    /** All words, as in {@code l2|l23|l34}. */
    static String all(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants()).map(Words::of)
                .collect(Collectors.joining("|"));
    }
}
