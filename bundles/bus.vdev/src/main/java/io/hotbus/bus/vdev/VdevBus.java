// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Where the hardware side of a virtual device says that it comes or goes, as the kernel does by
 * uevents for real ones. A service. Any thread.
 */
@ProviderType
public interface VdevBus {
    /** The hardware of {@code name} is there, and may be attached: ADD. */
    void plugged(String name);

    /** The hardware of {@code name} went: the device, if attached, is reported removed. */
    void unplugged(String name);
}
