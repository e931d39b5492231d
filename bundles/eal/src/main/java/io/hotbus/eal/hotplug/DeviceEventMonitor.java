// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import io.hotbus.eal.bus.DeviceException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Listens to the kernel's uevents and passes them to the buses. A service of the core bundle; any
 * control thread. Source: DPDK {@code rte_dev_event_monitor_start}.
 */
@ProviderType
public interface DeviceEventMonitor {
    /**
     * Starts the monitor. It runs while any lease is open.
     *
     * @throws DeviceException the socket cannot be opened; the message says why
     */
    Lease start() throws DeviceException;

    /** Whether any lease is open. Any thread. */
    boolean running();
}
