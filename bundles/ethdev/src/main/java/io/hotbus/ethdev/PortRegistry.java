// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.bus.Device;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The ports of the process. A service. Any control thread. */
@ProviderType
public interface PortRegistry {
    /** All ports, by id. */
    List<Port> ports();

    /** The port of that id, if there is one now. */
    Optional<Port> port(int id);

    /** The port of the device of that name. */
    Optional<Port> port(String name);

    /** For drivers, in probe: publishes {@code dev} as a port of {@code device}; raises NEW. */
    Port add(Device device, EthDev dev);

    /**
     * For drivers, in remove: asks every {@link PortUser} to release the port, closes the port and
     * removes it; raises DESTROY. Idempotent.
     */
    void remove(Port port);

    /**
     * For drivers: reports that the link went up or down; raises INTR_LSC. Any thread but an lcore.
     */
    void linkChanged(Port port);

    /**
     * For drivers: reports that the device of a started port has lost its settings; raises
     * INTR_RESET. Any thread but an lcore.
     */
    void resetNeeded(Port port);
}
