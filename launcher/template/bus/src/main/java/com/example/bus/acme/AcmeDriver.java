// SPDX-License-Identifier: Apache-2.0
package com.example.bus.acme;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Driver;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Drives cards on the acme bus. Whoever registers one as a service, in this bundle or another one,
 * is called for the cards of its model: those that wait for a driver at once, the others as they
 * are attached. When the service goes, {@link #remove} has been called for each of its cards first;
 * the cards stay on the bus and wait for the next driver.
 *
 * <p>Both calls are made on a control thread, under the lock of that one device: they may take
 * their time, but must not attach or detach it. The card may be pulled out at any moment, also in
 * the middle of {@link #probe}.
 */
@ConsumerType
public interface AcmeDriver extends Driver {
    /** The model of the cards it is for. Any thread; must not wait. */
    String model();

    /**
     * Takes the card. Its registers are mapped.
     *
     * @throws DeviceException with everything undone; the sentence is shown to the operator
     */
    void probe(AcmeDevice device) throws DeviceException;

    /**
     * Lets go of the card, gone or not: when this returns no thread of the driver touches its
     * registers any more, for the bus unmaps them next. Idempotent.
     */
    void remove(AcmeDevice device) throws DeviceException;
}
