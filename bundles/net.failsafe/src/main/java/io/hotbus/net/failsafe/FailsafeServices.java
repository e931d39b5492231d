// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.PortRegistry;

/** The services that a failsafe port uses. */
record FailsafeServices(DeviceManager devices, PortRegistry ports, HotUnplug hotUnplug,
        ControlThread control, InterruptThread interrupt, Mempools mempools, Barrier barrier) {
}
