// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import java.util.EnumMap;
import java.util.Map;

/**
 * The statistics registers, summed up: counted from the last reset of the statistics, and once the
 * device is gone what they had come to. Any thread.
 */
final class E1000eCounters {
    private final E1000eChip chip;
    private final Map<E1000eCounter, Long> sums = new EnumMap<>(E1000eCounter.class);
    private boolean frozen;

    E1000eCounters(E1000eChip chip) {
        this.chip = chip;
        reset();
    }

    /** Adds what the registers have counted since. To be called before a reset of the chip. */
    synchronized void collect() {
        if (frozen || chip.device().isGone() || chip.isSilent()) {
            return;
        }
        for (E1000eCounter counter : E1000eCounter.values()) {
            int count = chip.read(counter.offset());
            // All-ones is the answer of nobody.
            if (count != E1000eRegs.GONE) {
                sums.merge(counter, Integer.toUnsignedLong(count), Long::sum);
            }
        }
    }

    /** The sum of some of them, as of the last {@link #collect}. */
    synchronized long sum(E1000eCounter... counters) {
        long sum = 0;
        for (E1000eCounter counter : counters) {
            sum += sums.get(counter);
        }
        return sum;
    }

    synchronized void reset() {
        collect();
        for (E1000eCounter counter : E1000eCounter.values()) {
            sums.put(counter, 0L);
        }
    }

    /** Reads them once more. The window may go after this. */
    synchronized void freeze() {
        collect();
        frozen = true;
    }
}
