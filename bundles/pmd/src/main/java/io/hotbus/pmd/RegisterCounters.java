// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The statistics registers of one device, added up since the last reset of the statistics. Once the
 * device is gone they stay what they had come to. Any thread.
 */
public final class RegisterCounters {
    private static final class Sum {
        private long total;
        /** What a rising register held when it was read last. */
        private long last;
    }

    private final Registers registers;
    private final Map<RegisterCounter, Sum> sums = new LinkedHashMap<>();
    private boolean frozen;

    /** {@code counters} are shown in their order. */
    public RegisterCounters(Registers registers, List<? extends RegisterCounter> counters) {
        this.registers = registers;
        counters.forEach(counter -> sums.put(counter, new Sum()));
    }

    /** No statistics registers. */
    public static RegisterCounters none() {
        return new RegisterCounters(null, List.of());
    }

    /** Adds what the registers have counted since. To be called before a reset of the device. */
    public synchronized void collect() {
        if (frozen || sums.isEmpty() || registers.isAbsent()) {
            return;
        }
        sums.forEach((counter, sum) -> {
            switch (counter.kind()) {
                case CLEARED_BY_READ_32 -> {
                    int count = registers.read32(counter.offset());
                    if (count != Registers.GONE) {
                        sum.total += Integer.toUnsignedLong(count);
                    }
                }
                case RISING_64 -> {
                    long count = registers.read64(counter.offset());
                    if (count != Registers.GONE64 && count > sum.last) {
                        sum.total += count - sum.last;
                        sum.last = count;
                    }
                }
                default -> throw new AssertionError(counter.kind());
            }
        });
    }

    /** The sum of some of them, as of the last {@link #collect}. */
    public synchronized long sum(RegisterCounter... counters) {
        long sum = 0;
        for (RegisterCounter counter : counters) {
            sum += sums.get(counter).total;
        }
        return sum;
    }

    /** All of them by name, as of the last {@link #collect}. */
    public synchronized Map<String, Long> xstats() {
        Map<String, Long> values = new LinkedHashMap<>();
        sums.forEach((counter, sum) -> values.put(counter.xstat(), sum.total));
        return values;
    }

    /** Counts from zero from now on. */
    public synchronized void reset() {
        collect();
        sums.values().forEach(sum -> sum.total = 0);
    }

    /** Reads the registers for the last time. The window may go after this. */
    public synchronized void freeze() {
        collect();
        frozen = true;
    }
}
