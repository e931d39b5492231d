// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Says which devices may be used: the lists {@code allow} and {@code block} of the operator (PID
 * {@code io.hotbus.devices}). A service of the core bundle; any thread, never blocks.
 *
 * <p>{@link DeviceManager#attach} asks the filter, and no event of an excluded device reaches a
 * listener, so a bus need not ask in these cases. A bus must ask before it touches a device that it
 * was not told to attach, for example when it binds a function to another kernel driver. If an
 * attached device is excluded later, it stays attached. Source: DPDK {@code rte_dev_policy}.
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
     * Throws unless the device may be used.
     *
     * @throws DeviceException the device may not be used; the message names the list
     */
    void requireAllowed(String bus, String device) throws DeviceException;
}
