// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import io.hotbus.bus.pci.Bar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The contents of the file {@code resource}: a line with start, end and flags for each BAR, and
 * some further lines. Flags: linux/ioport.h.
 *
 * @param unassigned whether a memory BAR has no address (yet)
 */
record Resources(List<Bar> bars, boolean unassigned) {
    private static final int BARS = 6;
    private static final long IO = 0x100;
    private static final long MEMORY = 0x200;
    private static final long PREFETCH = 0x2000;
    private static final long UNSET = 0x2000_0000;

    /** Parses the file; empty if the text does not have that form. */
    static Optional<Resources> parse(String text) {
        List<Bar> bars = new ArrayList<>();
        boolean unassigned = false;
        String[] lines = text.split("\n");
        try {
            for (int index = 0; index < Math.min(BARS, lines.length); index++) {
                String[] numbers = lines[index].split(" ");
                if (numbers.length != 3) {
                    return Optional.empty();
                }
                long start = number(numbers[0]);
                long length = number(numbers[1]) - start + 1;
                long flags = number(numbers[2]);
                if ((flags & (IO | MEMORY)) == 0) {
                    continue;
                }
                boolean memory = (flags & MEMORY) != 0;
                if (start == 0 || (flags & UNSET) != 0) {
                    unassigned |= memory;
                } else if (start < 0 || length <= 0) {
                    return Optional.empty();
                } else {
                    bars.add(new Bar(index, start, length, memory, (flags & PREFETCH) != 0));
                }
            }
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
        return Optional.of(new Resources(List.copyOf(bars), unassigned));
    }

    private static long number(String text) {
        if (!text.startsWith("0x")) {
            throw new NumberFormatException(text);
        }
        return Long.parseUnsignedLong(text, 2, text.length(), 16);
    }
}
