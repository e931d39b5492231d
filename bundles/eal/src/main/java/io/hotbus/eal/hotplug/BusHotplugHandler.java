// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Handles the removal of a device of one bus: replaces the memory behind its windows and releases
 * its kernel resources. Register it as a service with the property {@code hotbus.bus}. Of several
 * handlers for one bus, the one with the highest {@code service.ranking} is called.
 *
 * <p>Called once for each removal, on the thread of the detector that noticed it. Must not wait for
 * the application. Must be idempotent: a second call for a device that is removed or detached does
 * no harm. Source: DPDK {@code rte_bus_hot_unplug_handler_t}.
 */
@ConsumerType
@FunctionalInterface
public interface BusHotplugHandler {
    /** Service property: the name of the bus. */
    String BUS = "hotbus.bus";

    /**
     * Handles the removal.
     *
     * @throws DeviceException the device becomes {@code FAILED}, and the other steps follow
     */
    void handleHotUnplug(Device device, RemovalCause cause) throws DeviceException;
}
