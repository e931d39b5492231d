// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.app.Lcore;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.testpmd.Options;
import java.time.Duration;
import java.util.List;

/**
 * The lcores, created when forwarding starts for the first time. Guarded by the forwarder's
 * monitor.
 */
final class Lcores {
    private static final Duration END_DEADLINE = Duration.ofSeconds(2);

    private final Options options;
    private final CpuAffinity affinity;
    private final SharedMempool mempool;
    private final Lcore.FailureListener failures;
    private volatile List<Lcore> lcores = List.of();

    Lcores(Options options, CpuAffinity affinity, SharedMempool mempool,
            Lcore.FailureListener failures) {
        this.options = options;
        this.affinity = affinity;
        this.mempool = mempool;
        this.failures = failures;
    }

    /** The present lcores; any thread. */
    List<Lcore> list() {
        return lcores;
    }

    /** @throws DeviceException a CPU asked for is not available */
    void start() throws DeviceException {
        if (lcores.isEmpty()) {
            lcores = cpus().stream().map(this::make).toList();
            lcores.forEach(Lcore::start);
        }
    }

    private Lcore make(int cpu) {
        return new Lcore(cpu, affinity, mempool.caches("lcore-" + cpu), failures);
    }

    /**
     * Returns the lcore of a receive queue: queues are distributed in turn, independent of other
     * ports.
     */
    Lcore of(Pairing.Route route) {
        return lcores.get((route.rx().id() * options.queues() + route.queue()) % lcores.size());
    }

    void end() {
        lcores.forEach(lcore -> lcore.end(END_DEADLINE));
        lcores = List.of();
    }

    /**
     * The CPUs that forward: those of {@code -l}, otherwise the last ones.
     *
     * @throws DeviceException a CPU asked for is not available
     */
    List<Integer> cpus() throws DeviceException {
        List<Integer> available = affinity.available();
        List<Integer> wanted = options.lcores();
        if (wanted.isEmpty()) {
            // The first CPU is left to all other threads, if there is another.
            int most = Math.max(1, available.size() - 1);
            wanted = available.subList(
                    available.size() - Math.min(most, options.nbCores()), available.size());
        }
        for (int cpu : wanted) {
            if (!available.contains(cpu)) {
                throw new DeviceException(
                        "-l: CPU %s is not available to this process, these are: %s"
                                .formatted(cpu, available));
            }
        }
        if (options.nbCores() > wanted.size()) {
            throw new DeviceException("--nb-cores %s: only %s CPU(s) can forward: %s (see -l)"
                    .formatted(options.nbCores(), wanted.size(), wanted));
        }
        return wanted.subList(0, options.nbCores());
    }
}
