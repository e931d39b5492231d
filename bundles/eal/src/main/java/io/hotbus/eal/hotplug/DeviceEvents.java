// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import org.osgi.annotation.versioning.ProviderType;

/** Where buses publish events. A service of the core bundle; any thread, never blocks. */
@ProviderType
public interface DeviceEvents {
    /** Hands {@code event} to every {@link DeviceEventListener} there is, in order. */
    void publish(DeviceEvent event);
}
