// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.testpmd.FwdConfig;
import java.util.List;

/** Chooses the CPUs that forward. */
public final class ForwardingCpus {
    private ForwardingCpus() {
    }

    /**
     * Those of {@code -l}, otherwise the last ones of those available to this process.
     *
     * @throws DeviceException a CPU asked for is not available, or there are too few
     */
    public static List<Integer> of(FwdConfig config, List<Integer> available)
            throws DeviceException {
        List<Integer> wanted = config.lcores();
        if (wanted.isEmpty()) {
            // The first CPU is left to all other threads, if there is another.
            int most = Math.max(1, available.size() - 1);
            wanted = available.subList(
                    available.size() - Math.min(most, config.nbCores()), available.size());
        }
        for (int cpu : wanted) {
            if (!available.contains(cpu)) {
                throw new DeviceException(
                        "-l: CPU %s is not available to this process, these are: %s"
                                .formatted(cpu, available));
            }
        }
        if (config.nbCores() > wanted.size()) {
            throw new DeviceException("--nb-cores %s: only %s CPU(s) can forward: %s (see -l)"
                    .formatted(config.nbCores(), wanted.size(), wanted));
        }
        return wanted.subList(0, config.nbCores());
    }
}
