// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import io.hotbus.eal.bus.DeviceException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Turns the handling of hot-unplug failures on and off: the SIGBUS handler of the process and the
 * calls of the {@link BusHotplugHandler}s. A service of the core bundle; any control thread.
 * Source: DPDK {@code rte_dev_hotplug_handle_enable}.
 */
@ProviderType
public interface FailureHandling {
    /**
     * Turns the handling on. It stays on while any lease is open.
     *
     * @throws DeviceException the SIGBUS handler cannot be installed; the message says why
     */
    Lease enable() throws DeviceException;

    /** Whether any lease is open. Any thread. */
    boolean enabled();

    /** Counts of the faults so far. Any thread. */
    FaultCounts faults();
}
