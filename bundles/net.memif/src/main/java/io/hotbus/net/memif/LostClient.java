// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.os.LinuxException;
import io.hotbus.os.UnixSocketName;

/**
 * Looks for the server of a client whose device was lost, and tells the bus once. The connection
 * that it finds is kept for the device, which uses it when it is attached again: the server sees
 * one client, once.
 */
final class LostClient {
    private static final int NONE = -1;

    private final Registry registry;
    private final String device;
    private final UnixSocketName socket;
    private final Lease looking;
    private volatile int dialled = NONE;

    LostClient(Registry registry, String device, UnixSocketName socket) {
        this.registry = registry;
        this.device = device;
        this.socket = socket;
        this.looking = registry.platform().interrupts().every(Endpoint.REDIAL, this::look);
    }

    /** Dials. On {@code interrupt}. */
    private void look() {
        if (dialled != NONE) {
            return;
        }
        try {
            dialled = registry.connect(device, socket);
            registry.plugged(device);
        } catch (LinuxException e) {
            // There is no server yet.
        }
    }

    /**
     * Ends the search. A control thread, without the monitor of {@link Registry}.
     *
     * @return the connection if it was made and is to {@code wanted}, which now belongs to the
     *     caller; otherwise -1
     */
    int end(UnixSocketName wanted) {
        looking.close();
        if (socket.equals(wanted)) {
            return dialled;
        }
        registry.platform().linux().close(dialled);
        return NONE;
    }

    /** Ends the search, and hangs up. */
    void close() {
        looking.close();
        registry.platform().linux().close(dialled);
    }
}
