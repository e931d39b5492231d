// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import io.hotbus.eal.bus.DeviceException;
import org.osgi.annotation.versioning.ProviderType;

/** Opens ports for applications and handles their removals. A service; any control thread. */
@ProviderType
public interface Ports {
    /**
     * Begins a group of ports, which the application must close when it ends. The process survives
     * removals from now on.
     *
     * @throws DeviceException there is not enough memory for packets
     */
    PortGroup begin() throws DeviceException;
}
