// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Deals with the removal of a device of one bus: replaces the memory behind its windows and lets go
 * of what the kernel holds for it. Register it as a service with the property {@code hotbus.bus};
 * of several for one bus the highest {@code service.ranking} is called.
 *
 * <p>Called once for each removal, whichever detector noticed it, on that detector's thread; must
 * not wait for the application. Idempotent all the same: called again for a device that is removed,
 * or detached since, it does no harm. Source: DPDK {@code rte_bus_hot_unplug_handler_t}.
 */
@ConsumerType
@FunctionalInterface
public interface BusHotplugHandler {
    /** Service property: the name of the bus. */
    String BUS = "hotbus.bus";

    /** @throws DeviceException then the device is {@code FAILED}, and the rest goes on */
    void handleHotUnplug(Device device, RemovalCause cause) throws DeviceException;
}
