// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEventMonitor;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.Lease;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns on failure handling and the monitor of uevents until it is closed. If one of them cannot be
 * turned on, it logs why, and the application continues without. Control threads.
 */
public final class HotPlug implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HotPlug.class);

    private interface Switch {
        Lease on() throws DeviceException;
    }

    private final Deque<Lease> leases = new ArrayDeque<>();

    /** Turns both on. */
    public HotPlug(FailureHandling failureHandling, DeviceEventMonitor monitor) {
        turnOn("removals under traffic are not survived", failureHandling::enable);
        turnOn("devices of the kernel come and go unnoticed", monitor::start);
    }

    private void turnOn(String without, Switch service) {
        try {
            leases.push(service.on());
        } catch (DeviceException e) {
            LOG.warn("{}: {}", without, e.getMessage());
        }
    }

    /** Turns both off, unless other users need them. Idempotent. */
    @Override
    public synchronized void close() {
        while (!leases.isEmpty()) {
            leases.pop().close();
        }
    }
}
