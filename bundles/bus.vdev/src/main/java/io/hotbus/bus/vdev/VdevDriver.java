// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Driver;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Drives virtual devices. Register an implementation as a service: {@code NAMEn[,key=value...]}
 * then makes a device, where NAME is {@link #name()} and n is a number. Control threads; one call
 * at a time for a device.
 *
 * <p>When the service is unregistered, the bus calls {@link #remove} for each of its devices before
 * the unregistration returns. The devices stay on the bus, and the next driver with that name
 * probes them with the same devargs.
 */
@ConsumerType
public interface VdevDriver extends Driver {
    /**
     * Makes the device work: reads its devargs, maps its memory, publishes its port.
     *
     * @throws DeviceException the device cannot be used; the driver has undone all its steps
     */
    void probe(VdevDevice device) throws DeviceException;

    /**
     * Releases the device, gone or not: withdraws its port and releases its windows. Idempotent.
     */
    void remove(VdevDevice device) throws DeviceException;

    /**
     * Looks out for what a device needs that was lost, or could not be probed, before this driver
     * came: an interface, a file, a peer. When it is there, calls {@link VdevBus#plugged}. The
     * device is not on the bus, or waits there. A later {@link #probe} of it ends the wait.
     *
     * <p>A driver that itself finds that a device of its own is lost does the same without being
     * asked. The default, for drivers whose devices need nothing, does nothing.
     *
     * @param lost what the device was attached with
     * @throws DeviceException the driver cannot look out for it
     */
    default void awaitReturn(Devargs lost) throws DeviceException {
    }
}
