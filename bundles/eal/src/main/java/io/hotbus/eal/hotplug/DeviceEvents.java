// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import org.osgi.annotation.versioning.ProviderType;

/** Publishes the events of buses. A service of the core bundle; any thread, never blocks. */
@ProviderType
public interface DeviceEvents {
    /** Delivers {@code event} to every registered {@link DeviceEventListener}, in order. */
    void publish(DeviceEvent event);
}
