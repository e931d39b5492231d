// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Which devices may be used: the lists {@code allow} and {@code block} of the operator (PID {@code
 * io.hotbus.devices}). A service of the core bundle; any thread, never blocks.
 *
 * <p>{@link DeviceManager#attach} asks it, and no event of a device that may not be used reaches a
 * listener, so a bus has nothing to do for that. It asks itself before it touches a device without
 * having been asked to attach it, as when it gives a function to another kernel driver. A device
 * that is attached when its name comes on a list stays so. Source: DPDK {@code rte_dev_policy}.
 */
@ProviderType
public interface DeviceFilter {
    /**
     * Whether the device may be used.
     *
     * @param bus    as in {@link Bus#name}
     * @param device as in {@link Device#name}
     */
    boolean allows(String bus, String device);

    /**
     * The same as an exception.
     *
     * @throws DeviceException it may not be used, and which list says so
     */
    void requireAllowed(String bus, String device) throws DeviceException;
}
