// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.eal.config.WholeNumber;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Lists of CPUs and ports, as DPDK's {@code -l}, {@code --portlist} and masks have them. */
public final class IdList {
    /** The largest CPU number. */
    public static final int MAX_CPU = 1023;

    private IdList() {
    }

    /**
     * Parses a list such as {@code 1,3-5}, in the order given.
     *
     * @param what what is listed, for messages
     * @param max  the largest number
     * @throws IllegalArgumentException the text is no such list
     */
    public static List<Integer> parse(String text, String what, int max) {
        Set<Integer> ids = new LinkedHashSet<>();
        for (String range : text.split(",", -1)) {
            int dash = range.indexOf('-');
            int first = id(dash < 0 ? range : range.substring(0, dash), 0, max, text, what);
            int last = dash < 0 ? first : id(range.substring(dash + 1), first, max, text, what);
            for (int id = first; id <= last; id++) {
                ids.add(id);
            }
        }
        return List.copyOf(ids);
    }

    private static int id(String word, int min, int max, String text, String what) {
        return WholeNumber.parse(word, min, max).orElseThrow(() -> new IllegalArgumentException(
                "%s: %s are needed, as in 1,3-5".formatted(text, what)));
    }

    /**
     * Parses a hexadecimal mask, with or without {@code 0x}; the lowest bit stands for 0.
     *
     * @param what what is listed, for messages
     * @throws IllegalArgumentException the text is no such mask, or is empty
     */
    public static List<Integer> ofMask(String text, String what) {
        String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
        if (!digits.matches("[0-9a-fA-F]{1,16}") || digits.matches("0+")) {
            throw new IllegalArgumentException(
                    "%s: a hexadecimal mask of %s is needed, as in 0x3".formatted(text, what));
        }
        long mask = Long.parseUnsignedLong(digits, 16);
        List<Integer> ids = new ArrayList<>();
        for (int id = 0; id < Long.SIZE; id++) {
            if ((mask >>> id & 1) != 0) {
                ids.add(id);
            }
        }
        return List.copyOf(ids);
    }

    /** The first {@code count} numbers. */
    public static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
