// SPDX-License-Identifier: Apache-2.0
package io.hotbus.metrics;

import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.DeviceStepListener;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * How often, and how long, lcores did not come round to their next poll. Steps come on {@code
 * control}; any thread asks.
 */
@Component(service = {Stalls.class, DeviceStepListener.class})
public final class Stalls implements DeviceStepListener {
    private static final String PREFIX = "lcore-";
    private static final double NANOS = 1e9;

    /** How many stalls of an lcore there were, and the longest. */
    private static final class Sum {
        long count;
        long longestNanos;
    }

    /** By the name of the lcore. Guarded by this. */
    private final Map<String, Sum> sums = new HashMap<>();

    /** Counts from now on. */
    @Activate
    public Stalls() {
    }

    @Override
    public synchronized void onDeviceStep(DeviceStep step) {
        if (step.kind() == DeviceStep.Kind.LCORE_STALL) {
            final Sum sum = sums.computeIfAbsent(step.name(), name -> new Sum());
            sum.count++;
            sum.longestNanos = Math.max(sum.longestNanos, step.nanos());
        }
    }

    synchronized List<MetricSnapshot> snapshots() {
        final Family stalls = Family.counter("hotbus_lcore_stalls",
                "Times that an lcore did not come round to its next poll for 50 ms or longer");
        final Family longest = Family.gauge("hotbus_lcore_longest_stall_seconds",
                "The longest of these times");
        new TreeMap<>(sums).forEach((name, sum) -> {
            final String lcore = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
            stalls.add(sum.count, "lcore", lcore);
            longest.add(sum.longestNanos / NANOS, "lcore", lcore);
        });
        return List.of(stalls.snapshot(), longest.snapshot());
    }
}
