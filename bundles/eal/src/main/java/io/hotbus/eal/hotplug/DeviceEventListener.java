// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Receives device events. Register it as a service.
 *
 * <p>Called on {@code control}, one event after the other, so it may detach a device directly. An
 * exception is logged. If a listener does not return in time, it keeps its thread and its further
 * events wait, while the other listeners continue on a new thread.
 */
@ConsumerType
@FunctionalInterface
public interface DeviceEventListener {
    /** Handles an event of a device. */
    void onDeviceEvent(DeviceEvent event);
}
