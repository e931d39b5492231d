// SPDX-License-Identifier: Apache-2.0
package io.hotbus.metrics;

import io.hotbus.app.LcoreTimes;
import io.hotbus.app.LcoreUsages;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.FaultCounts;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.ethdev.PortRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Locale;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Reads all metrics, each time anew. Any thread. */
@Component(service = Collector.class)
public final class Collector {
    private static final String STATE = "state";
    private static final String LCORE = "lcore";
    private static final double NANOS = 1e9;

    private final BundleContext context;
    private final PortRegistry ports;
    private final Mempools mempools;
    private final DeviceManager devices;
    private final FailureHandling handling;
    private final Removals removals;
    private final Stalls stalls;
    @Reference
    private volatile List<LcoreUsages> usages = List.of();

    /** Reads from these. */
    @Activate
    public Collector(BundleContext context, @Reference PortRegistry ports,
            @Reference Mempools mempools, @Reference DeviceManager devices,
            @Reference FailureHandling handling, @Reference Removals removals,
            @Reference Stalls stalls) {
        this.context = context;
        this.ports = ports;
        this.mempools = mempools;
        this.devices = devices;
        this.handling = handling;
        this.removals = removals;
        this.stalls = stalls;
    }

    /** The present values. */
    MetricSnapshots collect() {
        final MetricSnapshots.Builder all = MetricSnapshots.builder();
        new PortMetrics(ports.ports()).snapshots().forEach(all::metricSnapshot);
        stalls.snapshots().forEach(all::metricSnapshot);
        removals.times().forEach(all::metricSnapshot);
        addLcores(all);
        addPools(all);
        addFaults(all);
        addDevices(all);
        addBundles(all);
        return all.build();
    }

    private void addLcores(MetricSnapshots.Builder all) {
        final Family running = Family.counter("hotbus_lcore_running_seconds",
                "Time that the thread of an lcore has run on its CPU");
        final Family waiting = Family.counter("hotbus_lcore_waiting_seconds",
                "Time that the thread of an lcore could run and another thread ran");
        for (LcoreTimes times : LcoreTimes.all()) {
            final String lcore = Integer.toString(times.lcore());
            running.add(times.runningNanos() / NANOS, LCORE, lcore);
            waiting.add(times.waitingNanos() / NANOS, LCORE, lcore);
        }
        final Family busy = Family.counter("hotbus_lcore_busy_seconds",
                "Time that an lcore has spent in rounds of its tasks that had packets");
        usages.stream().flatMap(of -> of.lcoreUsages().stream()).forEach(usage ->
                busy.add(usage.busyNanos() / NANOS, LCORE, Integer.toString(usage.lcore())));
        all.metricSnapshot(running.snapshot());
        all.metricSnapshot(waiting.snapshot());
        all.metricSnapshot(busy.snapshot());
    }

    private void addPools(MetricSnapshots.Builder all) {
        final Family size = Family.gauge("hotbus_mempool_size", "Buffers of a mempool");
        final Family free = Family.gauge("hotbus_mempool_available", "Buffers that are free");
        final Family reserved = Family.gauge("hotbus_mempool_reserved",
                "Buffers that are promised to ports and lcores");
        for (Mempool pool : mempools.pools()) {
            size.add(pool.capacity(), "pool", pool.name());
            free.add(pool.available(), "pool", pool.name());
            reserved.add(pool.reserved(), "pool", pool.name());
        }
        all.metricSnapshot(size.snapshot());
        all.metricSnapshot(free.snapshot());
        all.metricSnapshot(reserved.snapshot());
    }

    private void addFaults(MetricSnapshots.Builder all) {
        final FaultCounts counts = handling.faults();
        final Family faults = Family.counter("hotbus_faults",
                "Repaired faults: a handler has claimed it, or the window was released before");
        faults.add(counts.claimed(), "verdict", "claimed");
        faults.add(counts.released(), "verdict", "released");
        final Family waiting = Family.gauge("hotbus_faults_waiting",
                "Faults that no handler has claimed yet");
        waiting.add(counts.waiting());
        final Family removed = Family.counter("hotbus_removals",
                "Removals of attached devices by the detector that was first");
        removals.causes().forEach((cause, count) ->
                removed.add(count, "cause", lower(cause.name())));
        all.metricSnapshot(faults.snapshot());
        all.metricSnapshot(waiting.snapshot());
        all.metricSnapshot(removed.snapshot());
    }

    private void addDevices(MetricSnapshots.Builder all) {
        final Family states = Family.gauge("hotbus_devices", "Devices by bus and state");
        for (Device device : devices.devices()) {
            states.add(1, "bus", device.busName(), STATE, lower(device.state().name()));
        }
        all.metricSnapshot(states.snapshot());
    }

    private void addBundles(MetricSnapshots.Builder all) {
        final Family bundles = Family.gauge("hotbus_bundles", "Bundles by state");
        for (Bundle bundle : context.getBundles()) {
            bundles.add(1, STATE, state(bundle.getState()));
        }
        final Version version = context.getBundle().getVersion();
        final Family info = Family.gauge("hotbus_build", "1, with the version");
        info.add(1, "version", "%s.%s.%s".formatted(
                version.getMajor(), version.getMinor(), version.getMicro()));
        all.metricSnapshot(bundles.snapshot());
        all.metricSnapshot(info.snapshot());
    }

    private static String state(int state) {
        return switch (state) {
            case Bundle.ACTIVE -> "active";
            case Bundle.RESOLVED -> "resolved";
            case Bundle.INSTALLED -> "installed";
            case Bundle.STARTING -> "starting";
            case Bundle.STOPPING -> "stopping";
            default -> "uninstalled";
        };
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
