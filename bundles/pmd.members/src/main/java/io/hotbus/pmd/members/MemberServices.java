// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.PortRegistry;

/**
 * The services that a port on members uses.
 *
 * @param devices   all buses
 * @param ports     all ports
 * @param hotUnplug takes reports on devices that cannot be set up again
 * @param control   runs listeners
 * @param interrupt runs periodic tasks
 * @param mempools  all pools
 * @param barrier   for the gates of queues
 */
public record MemberServices(DeviceManager devices, PortRegistry ports, HotUnplug hotUnplug,
        ControlThread control, InterruptThread interrupt, Mempools mempools, Barrier barrier) {
}
