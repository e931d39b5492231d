// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.netif.NetInterface;
import java.util.Set;

/**
 * The devargs of the driver, named as in DPDK.
 *
 * @param iface       the name of the interface ({@code iface=eth0})
 * @param startQueue  its first queue that the port has ({@code start_queue=0})
 * @param queueCount  how many queues the port has ({@code queue_count=1})
 * @param forceCopy   whether the kernel copies frames even if the NIC could write them by itself
 *     ({@code force_copy=0})
 * @param busyBudget  frames that a system call may process on behalf of the interface, in place of
 *     its interrupts; 0 for interrupts ({@code busy_budget=0})
 */
record XdpArgs(String iface, int startQueue, int queueCount, boolean forceCopy, int busyBudget) {
    /** The longest name of an interface, in bytes. Source: {@code IFNAMSIZ}. */
    private static final int MAX_QUEUES = 64;
    private static final int MAX_BUDGET = 0xffff;

    static XdpArgs parse(Devargs devargs) throws DeviceException {
        devargs.allowOnly(Set.of("iface", "start_queue", "queue_count", "shared_umem",
                "xdp_prog", "busy_budget", "force_copy"));
        String iface =
                NetInterface.requireName(devargs.name(), "iface", devargs.get("iface", ""));
        if (!devargs.get("xdp_prog", "").isEmpty()) {
            throw new DeviceException(("%s: xdp_prog is not supported: the driver loads its own "
                    + "program, which passes all frames of the queues to the port")
                    .formatted(devargs.name()));
        }
        if (devargs.getInt("shared_umem", 0, 0, 1) == 1) {
            throw new DeviceException(
                    "%s: shared_umem=1 is not supported: each queue has memory of its own"
                            .formatted(devargs.name()));
        }
        return new XdpArgs(iface, devargs.getInt("start_queue", 0, 0, MAX_BUDGET),
                devargs.getInt("queue_count", 1, 1, MAX_QUEUES),
                devargs.getInt("force_copy", 0, 0, 1) == 1,
                devargs.getInt("busy_budget", 0, 0, MAX_BUDGET));
    }
}
