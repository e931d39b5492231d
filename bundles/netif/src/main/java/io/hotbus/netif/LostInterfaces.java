// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.eal.hotplug.Lease;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The interfaces whose devices a driver has lost. A driver has one object, which goes on watching
 * for the name of an interface after the device was detached, and reports the device as plugged in
 * when an interface of that name appears. Any thread.
 */
public final class LostInterfaces implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LostInterfaces.class);

    private final NetInterfaces interfaces;
    private final Consumer<String> plugged;
    private final Map<String, Lease> leases = new HashMap<>();
    private boolean closed;

    /** @param plugged is given the name of each device that returns */
    public LostInterfaces(NetInterfaces interfaces, Consumer<String> plugged) {
        this.interfaces = interfaces;
        this.plugged = plugged;
    }

    /**
     * Waits for an interface of the name {@code netif}, on behalf of {@code device}, which has been
     * detached. If there is one already, the device is reported at once.
     */
    public void await(String device, String netif) {
        found(device);
        final Lease lease;
        try {
            lease = interfaces.onAppearance(netif, () -> plugged.accept(device));
        } catch (IOException e) {
            LOG.warn("{}: the return of {} will not be noticed: {}", device, netif,
                    e.getMessage());
            return;
        }
        synchronized (this) {
            if (!closed) {
                leases.put(device, lease);
                return;
            }
        }
        lease.close();
    }

    /** Ends the wait on behalf of {@code device}: it is attached again. */
    public void found(String device) {
        final Lease lease;
        synchronized (this) {
            lease = leases.remove(device);
        }
        if (lease != null) {
            lease.close();
        }
    }

    /** Ends all waits. */
    @Override
    public synchronized void close() {
        closed = true;
        leases.values().forEach(Lease::close);
        leases.clear();
    }
}
