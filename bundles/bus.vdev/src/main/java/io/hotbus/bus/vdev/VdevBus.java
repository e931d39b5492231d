// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Receives the arrivals and removals of virtual hardware. The hardware side of a virtual device
 * calls it, as the kernel sends uevents for real devices. A service. Any thread.
 */
@ProviderType
public interface VdevBus {
    /** Reports that the hardware of {@code name} is present and can be attached; publishes ADD. */
    void plugged(String name);

    /** Reports that the hardware of {@code name} is gone; an attached device counts as removed. */
    void unplugged(String name);
}
