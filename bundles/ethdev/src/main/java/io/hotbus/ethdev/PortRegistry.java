// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.bus.Device;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The ports of the process. A service. Any control thread. */
@ProviderType
public interface PortRegistry {
    /** The ports there are, by id. */
    List<Port> ports();

    /** The port of that id, if there is one now. */
    Optional<Port> port(int id);

    /** The port of the device of that name. */
    Optional<Port> port(String name);

    /** For drivers, in probe: publishes {@code dev} as a port of {@code device}; raises NEW. */
    Port add(Device device, EthDev dev);

    /**
     * For drivers, in remove: has every {@link PortUser} let go of the port, closes it and takes it
     * away; raises DESTROY. Idempotent.
     */
    void remove(Port port);

    /** For drivers: the link went up or down; raises INTR_LSC. Any thread but an lcore. */
    void linkChanged(Port port);

    /**
     * For drivers: the device of a started port is not as the driver left it; raises INTR_RESET.
     * Any thread but an lcore.
     */
    void resetNeeded(Port port);
}
