// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import io.hotbus.core.thread.EventLoop;
import io.hotbus.core.thread.Leases;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.FaultCounts;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.os.LinuxException;
import io.hotbus.os.SigbusWindows;
import java.time.Duration;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the SIGBUS handler installed while at least one lease is open. Checks once a second, on
 * {@code sigbus-dispatcher}, that the handler is still in place.
 */
@Component(service = FailureHandling.class)
public final class FailureHandlingControl implements FailureHandling {
    private static final Logger LOG = LoggerFactory.getLogger(FailureHandlingControl.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final SigbusWindows table;
    private final EventLoop loop;
    private final Supplier<FaultCounts> counts;
    private final Duration lookEvery;
    private final Leases leases = new Leases(this::on, this::off);

    /** Checks whether the handler is in place. Each installation gets a new object. */
    private final class Look implements Runnable {
        private boolean displaced;

        @Override
        public void run() {
            if (look != this) {
                return;
            }
            tell(table.status() == SigbusWindows.Status.DISPLACED);
            loop.schedule(lookEvery, this);
        }

        private void tell(boolean now) {
            if (now && !displaced) {
                LOG.error("another library has installed its SIGBUS handler over ours: the next "
                        + "device that is pulled out may end the process (have that library "
                        + "loaded before failure handling is enabled)");
            } else if (!now && displaced) {
                LOG.info("the SIGBUS handler is in front again");
            }
            displaced = now;
        }
    }

    private volatile Look look;

    @Activate
    public FailureHandlingControl(
            @Reference SigbusWindows table, @Reference SigbusThread thread,
            @Reference FaultTally tally) {
        this(table, thread.loop(), tally::counts, LOOK_EVERY);
    }

    FailureHandlingControl(SigbusWindows table, EventLoop loop, Supplier<FaultCounts> counts,
            Duration lookEvery) {
        this.table = table;
        this.loop = loop;
        this.counts = counts;
        this.lookEvery = lookEvery;
    }

    @Override
    public Lease enable() throws DeviceException {
        return leases.open();
    }

    @Override
    public boolean enabled() {
        return leases.anyOpen();
    }

    @Override
    public FaultCounts faults() {
        return counts.get();
    }

    /** Removes the handler even if leases are open. Idempotent. */
    @Deactivate
    public void close() {
        leases.closeAll();
    }

    private void on() throws DeviceException {
        try {
            table.enable();
        } catch (LinuxException e) {
            throw new DeviceException(
                    "failure handling cannot be enabled: " + e.getMessage(), e);
        }
        look = new Look();
        loop.schedule(lookEvery, look);
        LOG.info("failure handling is on: an access to a device that is gone is repaired");
    }

    private void off() {
        look = null;
        try {
            table.disable();
            LOG.info("failure handling is off");
        } catch (LinuxException e) {
            LOG.warn("failure handling is off, but its SIGBUS handler stays in place, idle", e);
        }
    }
}
