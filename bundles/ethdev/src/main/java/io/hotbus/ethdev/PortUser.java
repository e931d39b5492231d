// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.bus.DeviceException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * An application that uses the queues of ports on its own threads (lcores). Register it as a
 * service. A driver may remove a port because its bundle is updated or the device is detached. The
 * port is closed only after every user has released it: otherwise an lcore in the middle of a burst
 * would access freed memory of the driver.
 */
@ConsumerType
@FunctionalInterface
public interface PortUser {
    /**
     * Releases the port. Returns when no thread of this user is in a burst on the port's queues,
     * and none will be. Idempotent. Any control thread; it may hold the locks of a bus, so this
     * method must not call a bus, driver or port.
     *
     * @throws DeviceException a thread did not leave in time; the port is closed all the same
     */
    void release(Port port) throws DeviceException;

    /**
     * Takes back, if this user wants it, what a port that it has released has not sent: see {@link
     * Port#takeBack}. The port is stopped, and is closed next. Threads and limits as in {@link
     * #release}; the port itself may be asked.
     */
    default void takeBack(Port port) {
    }
}
