// SPDX-License-Identifier: Apache-2.0
package io.hotbus.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import java.util.concurrent.TimeUnit;

/** How often durations came up to each of some limits. Any thread. */
final class Distribution {
    private final String name;
    private final String help;
    private final double[] limits;
    /** The last one: beyond all limits. Guarded by this, like the sum. */
    private final long[] counts;
    private double sum;

    /** {@code limits}: in seconds, ascending. */
    Distribution(String name, String help, double... limits) {
        this.name = name;
        this.help = help;
        this.limits = limits.clone();
        this.counts = new long[limits.length + 1];
    }

    synchronized void add(long nanos) {
        final double seconds = (double) nanos / TimeUnit.SECONDS.toNanos(1);
        int i = 0;
        while (i < limits.length && seconds > limits[i]) {
            i++;
        }
        counts[i]++;
        sum += seconds;
    }

    synchronized HistogramSnapshot snapshot() {
        final ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < counts.length; i++) {
            buckets.bucket(i < limits.length ? limits[i] : Double.POSITIVE_INFINITY, counts[i]);
        }
        return HistogramSnapshot.builder().name(name).help(help).dataPoint(
                HistogramSnapshot.HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(buckets.build()).sum(sum).build()).build();
    }
}
