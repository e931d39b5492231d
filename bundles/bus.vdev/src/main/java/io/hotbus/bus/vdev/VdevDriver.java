// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Driver;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Drives virtual devices. Register it as a service: from then on {@code NAMEn[,key=value...]} makes
 * one, where NAME is {@link #name()} and n a number. Control threads; one call at a time for a
 * device.
 *
 * <p>When the service goes, {@link #remove} has been called for each of its devices before that
 * returns; they stay on the bus, and the next driver of that name probes them with the same
 * devargs.
 */
@ConsumerType
public interface VdevDriver extends Driver {
    /**
     * Takes the device: reads its devargs, maps its memory, publishes its port.
     *
     * @throws DeviceException with everything undone
     */
    void probe(VdevDevice device) throws DeviceException;

    /**
     * Lets go of the device, gone or not: takes its port away, releases its windows. Idempotent.
     */
    void remove(VdevDevice device) throws DeviceException;
}
