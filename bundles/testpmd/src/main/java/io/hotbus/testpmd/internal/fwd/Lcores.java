// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.app.Lcore;
import io.hotbus.app.PollTimes;
import io.hotbus.app.Stall;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.StreamStats;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The lcores, created when forwarding starts for the first time. Guarded by the forwarder's
 * monitor.
 */
final class Lcores {
    private static final Duration END_DEADLINE = Duration.ofSeconds(2);

    private final CpuAffinity affinity;
    private final PortMempools mempools;
    private final Lcore.FailureListener failures;
    private volatile List<Lcore> lcores = List.of();
    private int cacheSize;

    Lcores(CpuAffinity affinity, PortMempools mempools, Lcore.FailureListener failures) {
        this.affinity = affinity;
        this.mempools = mempools;
        this.failures = failures;
    }

    /** The present lcores; any thread. */
    List<Lcore> list() {
        return lcores;
    }

    /**
     * Starts the lcores of {@code config}; keeps those that run already if they are the same.
     *
     * @throws DeviceException a CPU asked for is not available, or the pool has too few buffers
     */
    void start(FwdConfig config) throws DeviceException {
        List<Integer> wanted = cpus(config);
        int caches = PortMempools.cacheSize(config);
        mempools.reserveFor(config);
        if (!lcores.stream().map(Lcore::cpu).toList().equals(wanted) || cacheSize != caches) {
            end();
            cacheSize = caches;
            lcores = wanted.stream().map(this::make).toList();
            lcores.forEach(Lcore::start);
        }
    }

    private Lcore make(int cpu) {
        return new Lcore(cpu, affinity, mempools.caches(name(cpu), cacheSize), failures);
    }

    /** Returns the lcore of a receive queue. */
    Lcore of(Pairing.Route route) {
        return lcores.get(index(route, lcores.size()));
    }

    /** Queues are distributed in turn, independent of other ports. */
    private static int index(Pairing.Route route, int count) {
        return (route.rx().id() * route.rx().rxQueueCount() + route.queue()) % count;
    }

    /**
     * The streams of {@code routes} with the lcores that {@code config} gives them.
     *
     * @throws IllegalStateException a CPU asked for is not available
     */
    List<StreamStats> plan(FwdConfig config, List<Pairing.Route> routes) {
        try {
            List<Integer> cpus = cpus(config);
            return routes.stream().map(route -> new StreamStats(route.rx().name(),
                    route.tx().name(), route.rx().id(), route.tx().id(), route.queue(),
                    name(cpus.get(index(route, cpus.size()))), 0, 0, 0, 0, 0, 0, 0)).toList();
        } catch (DeviceException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static String name(int cpu) {
        return "lcore-" + cpu;
    }

    /** A line about each lcore. */
    List<String> describe() {
        return lcores.stream().map(lcore -> "%s (CPU %s), %s stream(s)"
                .formatted(lcore.name(), lcore.cpu(), lcore.tasks().size())).toList();
    }

    List<PollTimes> pollTimes() {
        return lcores.stream().map(Lcore::pollTimes).toList();
    }

    /** For {@link io.hotbus.testpmd.Forwarder#stallAt}. */
    Optional<Stall> stallAt(int thread, long timeNanos) {
        return lcores.stream().flatMap(lcore -> lcore.stallAt(thread, timeNanos).stream())
                .findFirst();
    }

    void end() {
        lcores.forEach(lcore -> lcore.end(END_DEADLINE));
        lcores = List.of();
    }

    /**
     * The CPUs that forward.
     *
     * @throws DeviceException a CPU asked for is not available
     */
    List<Integer> cpus(FwdConfig config) throws DeviceException {
        return ForwardingCpus.of(config, affinity.available());
    }
}
