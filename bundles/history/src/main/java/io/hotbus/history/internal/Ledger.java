// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history.internal;

import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.history.Fault;
import io.hotbus.history.HistoryCounts;
import io.hotbus.history.Removal;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The last removals and faults, by number. Any thread. */
final class Ledger {
    private final int capacity;
    /** All fields are guarded by this. */
    private final NavigableMap<Long, Removal> removals = new TreeMap<>();
    private final NavigableMap<Long, Fault> faults = new TreeMap<>();
    private final Map<RemovalCause, Long> causes = new EnumMap<>(RemovalCause.class);
    private long faultCount;
    private long repairNanos;
    private long longestRepairNanos;

    /** Keeps at most {@code capacity} removals, and as many faults. */
    Ledger(int capacity) {
        this.capacity = capacity;
    }

    /** Keeps the removal, in the place of what is known of it so far. */
    synchronized void put(Removal removal) {
        put(removals, removal.number(), removal);
    }

    synchronized void put(Fault fault) {
        put(faults, fault.number(), fault);
    }

    private <T> void put(NavigableMap<Long, T> all, long number, T one) {
        all.put(number, one);
        if (all.size() > capacity) {
            all.pollFirstEntry();
        }
    }

    synchronized void count(Removal removal) {
        causes.merge(removal.cause(), 1L, Long::sum);
    }

    synchronized void count(Fault fault) {
        faultCount++;
        repairNanos += fault.repairNanos();
        longestRepairNanos = Math.max(longestRepairNanos, fault.repairNanos());
    }

    synchronized HistoryCounts counts() {
        return new HistoryCounts(causes.values().stream().mapToLong(Long::longValue).sum(),
                causes, faultCount, repairNanos, longestRepairNanos);
    }

    synchronized List<Removal> removals(long before, int limit) {
        return newest(removals, before, limit);
    }

    synchronized List<Fault> faults(long before, int limit) {
        return newest(faults, before, limit);
    }

    private static <T> List<T> newest(NavigableMap<Long, T> all, long before, int limit) {
        return all.headMap(before, false).descendingMap().values().stream()
                .limit(Math.max(0, limit)).toList();
    }

    synchronized Optional<Removal> removal(long number) {
        return Optional.ofNullable(removals.get(number));
    }

    /** The number of the next removal. */
    synchronized long nextRemoval() {
        return removals.isEmpty() ? 1 : removals.lastKey() + 1;
    }

    /** The number of the next fault. */
    synchronized long nextFault() {
        return faults.isEmpty() ? 1 : faults.lastKey() + 1;
    }
}
