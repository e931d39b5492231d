// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.bus.DeviceException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Uses the queues of ports on threads of its own: an application with lcores. Register it as a
 * service. A port that its driver takes away, since the driver's bundle is updated or its device is
 * detached by someone else, is closed only after this has let go of it: otherwise an lcore in the
 * middle of a burst would find the driver's memory gone.
 */
@ConsumerType
@FunctionalInterface
public interface PortUser {
    /**
     * Returns when none of its threads is in a burst on the port's queues, and none will be.
     * Idempotent; any control thread, which may hold the locks of a bus: no bus, driver or port
     * may be called from here.
     *
     * @throws DeviceException a thread did not leave in time; the port is closed all the same
     */
    void release(Port port) throws DeviceException;
}
