// SPDX-License-Identifier: Apache-2.0
package com.example.bus.acme;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Driver;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Drives cards on the acme bus. Register a driver as a service, in this bundle or another one. The
 * bus calls it for the cards of its model: at once for cards that wait for a driver, and for other
 * cards when they are attached. Before the service goes, the bus calls {@link #remove} for each of
 * its cards. The cards stay on the bus and wait for the next driver.
 *
 * <p>The bus makes both calls on a control thread, under the lock of the device. They may take
 * time, but must not attach or detach the device. The card may be pulled out at any moment, also in
 * the middle of {@link #probe}.
 */
@ConsumerType
public interface AcmeDriver extends Driver {
    /** The model of the cards that this driver drives. Any thread; must not wait. */
    String model();

    /**
     * Makes the card work. Its registers are mapped.
     *
     * @throws DeviceException the driver has undone all its steps; the operator sees the message
     */
    void probe(AcmeDevice device) throws DeviceException;

    /**
     * Releases the card, gone or not. When this returns, no thread of the driver may access the
     * registers, because the bus unmaps them next. Idempotent.
     */
    void remove(AcmeDevice device) throws DeviceException;
}
