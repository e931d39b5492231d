// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.FwdConfig;
import java.util.Collection;
import java.util.Comparator;

/**
 * How many packets lcores take at a time, where 0 asks the device of the first port. Source: DPDK
 * testpmd, {@code --burst=0}.
 */
public final class PreferredBurst {
    private PreferredBurst() {
    }

    /**
     * Returns {@code wanted}, or what the first of {@code ports} recommends if that is 0.
     *
     * @throws DeviceException there is no port, or it recommends nothing
     */
    public static int of(int wanted, Collection<Port> ports) throws DeviceException {
        if (wanted != 0) {
            return wanted;
        }
        Port first = ports.stream().min(Comparator.comparingInt(Port::id))
                .orElseThrow(() -> new DeviceException(
                        "burst 0: there is no port whose device could recommend a burst size"));
        int preferred = first.info().rx().preferredBurst();
        if (preferred == 0) {
            throw new DeviceException(
                    "burst 0: port %s (%s): its driver recommends no burst size; use 1 to %s"
                            .formatted(first.id(), first.name(), FwdConfig.MAX_BURST));
        }
        return preferred;
    }
}
