// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import io.hotbus.eal.bus.DeviceException;
import org.osgi.annotation.versioning.ProviderType;

/** Opens ports for applications, and looks after them. A service; any control thread. */
@ProviderType
public interface Ports {
    /**
     * Begins a group of ports, which an application closes when it ends. From then on removals are
     * survived.
     *
     * @throws DeviceException there is not enough memory for packets
     */
    PortGroup begin() throws DeviceException;
}
