// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthStats;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The statistics that a port shows: those of its device while the device is there, then the last
 * credible reading. Guarded by the port's lock.
 *
 * <p>A device may be gone for some time before the removal is noticed, and its counters then read
 * as all-ones. A reading with such a value is dropped, and so is a reading during which the removal
 * was noticed. If the value was true, the next reading shows it.
 */
final class ShownStats {
    private static final long ALL_ONES_32 = 0xffff_ffffL;

    private final EthDev dev;
    private final BooleanSupplier gone;
    private boolean closed;
    private EthStats stats = EthStats.ZERO;
    private Map<String, Long> xstats = Map.of();

    /** {@code gone} says whether the device is gone. */
    ShownStats(EthDev dev, BooleanSupplier gone) {
        this.dev = dev;
        this.gone = gone;
    }

    EthStats stats() {
        if (readable()) {
            EthStats read = dev.stats();
            if (believable(values(read))) {
                stats = read;
            }
        }
        return stats;
    }

    Map<String, Long> xstats() {
        if (readable()) {
            Map<String, Long> read = new LinkedHashMap<>(dev.xstats());
            if (believable(read.values())) {
                xstats = Collections.unmodifiableMap(read);
            }
        }
        return xstats;
    }

    void reset() {
        if (readable()) {
            dev.resetStats();
        }
        stats = EthStats.ZERO;
        Map<String, Long> zeros = new LinkedHashMap<>(xstats);
        zeros.replaceAll((name, value) -> 0L);
        xstats = Collections.unmodifiableMap(zeros);
    }

    /** Reads the statistics a last time. The device is not asked again. */
    void close() {
        stats();
        xstats();
        closed = true;
    }

    private boolean readable() {
        return !closed && (dev.statsOutliveDevice() || !gone.getAsBoolean());
    }

    private boolean believable(Collection<Long> values) {
        return dev.statsOutliveDevice() || !gone.getAsBoolean()
                && values.stream().allMatch(value -> value >= 0 && value != ALL_ONES_32);
    }

    private static List<Long> values(EthStats s) {
        return List.of(s.rxPackets(), s.rxBytes(), s.rxErrors(), s.missed(), s.noMbuf(),
                s.txPackets(), s.txBytes(), s.txErrors());
    }
}
