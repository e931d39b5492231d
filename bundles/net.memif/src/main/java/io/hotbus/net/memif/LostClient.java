// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.os.LinuxException;

/** Looks for the server of a client whose device was lost, and tells the bus once. */
final class LostClient {
    private final Registry registry;
    private final String device;
    private final SocketName socket;
    private final Lease looking;
    private boolean found;

    LostClient(Registry registry, Endpoint endpoint) {
        this.registry = registry;
        this.device = endpoint.name();
        this.socket = endpoint.args().socket();
        this.looking = registry.platform().interrupts().every(Endpoint.REDIAL, this::look);
    }

    /** Dials, and hangs up: the device dials when it is attached again. On {@code interrupt}. */
    private void look() {
        if (found) {
            return;
        }
        try {
            registry.platform().linux().close(registry.connect(device, socket));
            found = true;
            registry.plugged(device);
        } catch (LinuxException e) {
            // There is no server yet.
        }
    }

    /** Ends the search. A control thread, without the monitor of {@link Registry}. Idempotent. */
    void close() {
        looking.close();
    }
}
