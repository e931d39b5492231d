// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums the statistics registers of one device since the last reset of the statistics. The sums
 * keep their last value when the device is gone. Any thread.
 */
public final class RegisterCounters {
    private static final class Sum {
        private long total;
        /** The value of a rising register at the last read. */
        private long last;
    }

    private final Registers registers;
    private final Map<RegisterCounter, Sum> sums = new LinkedHashMap<>();
    private boolean frozen;

    /** Sums {@code counters}; {@link #xstats} lists them in the same order. */
    public RegisterCounters(Registers registers, List<? extends RegisterCounter> counters) {
        this.registers = registers;
        counters.forEach(counter -> sums.put(counter, new Sum()));
    }

    /** Counters of a device that has no statistics registers. */
    public static RegisterCounters none() {
        return new RegisterCounters(null, List.of());
    }

    /**
     * Adds to the sums what the registers have counted since the last call. A driver calls this
     * before it resets the device.
     */
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
                case CLEARED_BY_READ_64 -> {
                    long low = Integer.toUnsignedLong(registers.read32(counter.offset()));
                    int high = registers.read32(counter.offset() + Integer.BYTES);
                    if (high != Registers.GONE) {
                        sum.total += low | (long) high << Integer.SIZE;
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

    /** The total of {@code counters}, as of the last {@link #collect}. */
    public synchronized long sum(RegisterCounter... counters) {
        long sum = 0;
        for (RegisterCounter counter : counters) {
            sum += sums.get(counter).total;
        }
        return sum;
    }

    /** All sums by name, as of the last {@link #collect}. */
    public synchronized Map<String, Long> xstats() {
        Map<String, Long> values = new LinkedHashMap<>();
        sums.forEach((counter, sum) -> values.put(counter.xstat(), sum.total));
        return values;
    }

    /** Sets all sums to zero. */
    public synchronized void reset() {
        collect();
        sums.values().forEach(sum -> sum.total = 0);
    }

    /** Reads the registers for the last time. The window may be released afterwards. */
    public synchronized void freeze() {
        collect();
        frozen = true;
    }
}
