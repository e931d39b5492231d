// SPDX-License-Identifier: Apache-2.0
package io.hotbus.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;

/** The values of one metric by their labels. Values with the same labels are added up. */
final class Family {
    private final String name;
    private final String help;
    private final boolean counter;
    private final Map<Labels, Double> values = new LinkedHashMap<>();

    private Family(String name, String help, boolean counter) {
        this.name = name;
        this.help = help;
        this.counter = counter;
    }

    /** A metric that only grows; its name is shown with {@code _total}. */
    static Family counter(String name, String help) {
        return new Family(name, help, true);
    }

    /** A metric that goes up and down. */
    static Family gauge(String name, String help) {
        return new Family(name, help, false);
    }

    /** Adds a value; {@code labels}: names and values in turn. */
    void add(double value, String... labels) {
        values.merge(Labels.of(labels), value, Double::sum);
    }

    MetricSnapshot snapshot() {
        if (counter) {
            final CounterSnapshot.Builder all = CounterSnapshot.builder().name(name).help(help);
            // A counter of an ended driver may be read while it is reset.
            values.forEach((labels, value) -> all.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(labels).value(Math.max(0, value)).build()));
            return all.build();
        }
        final GaugeSnapshot.Builder all = GaugeSnapshot.builder().name(name).help(help);
        values.forEach((labels, value) -> all.dataPoint(
                GaugeDataPointSnapshot.builder().labels(labels).value(value).build()));
        return all.build();
    }
}
