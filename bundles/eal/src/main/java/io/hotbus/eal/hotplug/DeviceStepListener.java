// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Receives the steps of what is done with devices. Register it as a service.
 *
 * <p>Called on {@code control}, one step after the other, in the order in which the steps ended and
 * in order with the events of {@link DeviceEventListener}. An exception is logged. A listener that
 * does not return in time is treated like a {@link DeviceEventListener}.
 */
@ConsumerType
@FunctionalInterface
public interface DeviceStepListener {
    /** Handles a step, which has ended. */
    void onDeviceStep(DeviceStep step);
}
