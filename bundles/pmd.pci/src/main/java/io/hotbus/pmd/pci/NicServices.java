// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.PortRegistry;

/**
 * The services that a driver of NICs needs.
 *
 * @param allocator  memory for descriptor rings
 * @param interrupts the thread that checks the devices
 * @param hotUnplug  takes reports of removals
 * @param ports      where ports are published
 */
public record NicServices(DmaAllocator allocator, InterruptThread interrupts, HotUnplug hotUnplug,
        PortRegistry ports) {
}
