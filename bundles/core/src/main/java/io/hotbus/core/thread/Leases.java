// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Keeps something on while at least one lease is open. Any thread. */
public final class Leases {
    /** Turns the thing on. */
    @FunctionalInterface
    public interface Start {
        void run() throws DeviceException;
    }

    private final Start on;
    private final Runnable off;
    /** Guarded by this. */
    private final Set<Lease> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private volatile boolean anyOpen;

    public Leases(Start on, Runnable off) {
        this.on = on;
        this.off = off;
    }

    /**
     * Opens a lease.
     *
     * @throws DeviceException the first lease could not turn the thing on; no lease
     *     is open then
     */
    public synchronized Lease open() throws DeviceException {
        if (open.isEmpty()) {
            on.run();
        }
        Lease lease = new Lease() {
            @Override
            public void close() {
                Leases.this.close(this);
            }
        };
        open.add(lease);
        anyOpen = true;
        return lease;
    }

    /** Whether a lease is open. */
    public boolean anyOpen() {
        return anyOpen;
    }

    /** Closes every lease. */
    public synchronized void closeAll() {
        if (!open.isEmpty()) {
            open.clear();
            anyOpen = false;
            off.run();
        }
    }

    private synchronized void close(Lease lease) {
        if (open.remove(lease) && open.isEmpty()) {
            anyOpen = false;
            off.run();
        }
    }
}
