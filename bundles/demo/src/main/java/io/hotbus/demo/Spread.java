// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import java.util.List;
import java.util.Optional;

/** The median, the 99th percentile (nearest rank) and the largest of some times, in nanoseconds. */
record Spread(long p50, long p99, long max) {
    /** The spread of {@code samples}; empty if there are none. */
    static Optional<Spread> of(List<Long> samples) {
        if (samples.isEmpty()) {
            return Optional.empty();
        }
        long[] sorted = samples.stream().mapToLong(Long::longValue).sorted().toArray();
        return Optional.of(new Spread(rank(sorted, 50), rank(sorted, 99), rank(sorted, 100)));
    }

    private static long rank(long[] sorted, int percent) {
        long rank = ((long) sorted.length * percent + 99) / 100;
        return sorted[(int) Math.max(0, rank - 1)];
    }
}
