// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.thread.ControlThread;

/**
 * The services of the core bundle that every bus needs.
 *
 * @param hotUnplug gets reports of devices that went
 * @param events    publishes devices that came, and what else happened to them
 * @param mapper    maps the memory of devices
 * @param control   the thread on which waiting devices are probed again
 */
public record BusServices(
        HotUnplug hotUnplug, DeviceEvents events, MmioMapper mapper, ControlThread control) {
}
