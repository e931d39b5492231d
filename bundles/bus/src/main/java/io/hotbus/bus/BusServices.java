// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.thread.ControlThread;

/**
 * The services of the core bundle that every bus needs.
 *
 * @param hotUnplug told of devices that went
 * @param events    told of devices that came, and of what else happened to them
 * @param mapper    maps their memory
 * @param control   the thread on which those that wait are probed again
 */
public record BusServices(
        HotUnplug hotUnplug, DeviceEvents events, MmioMapper mapper, ControlThread control) {
}
