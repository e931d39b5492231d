// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is told of device events. Register it as a service.
 *
 * <p>Called on {@code control}, one event after the other, so it may detach a device directly. What
 * it throws is logged. One that does not return in time is left to a thread of its own, with its
 * further events waiting, and the others go on.
 */
@ConsumerType
@FunctionalInterface
public interface DeviceEventListener {
    /** Something happened to a device. */
    void onDeviceEvent(DeviceEvent event);
}
