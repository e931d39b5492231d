// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles faults of a device that is still there. On vfio, accesses fault while the device does not
 * decode memory, for example during a reset. Until it decodes memory again, its windows read as
 * their fill and writes are lost; then its memory is put back behind the windows. If this takes too
 * long or happens too often, the device counts as removed. Source: Linux
 * drivers/vfio/pci/vfio_pci_core.c.
 */
final class TransientFaults {
    private static final Logger LOG = LoggerFactory.getLogger(TransientFaults.class);
    private static final Duration PERIOD = Duration.ofMillis(10);
    /** The most times per second that the memory may be put back. */
    private static final int RESTORES = 8;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** The device, as this class uses it. */
    interface Target {
        /** The name of the device. */
        String name();

        boolean isGone();

        /** Whether the device answers. */
        boolean isPresent();

        /** Whether the device's memory can be accessed. */
        boolean decodesMemory() throws LinuxException;

        /** Puts the device's memory back behind its windows. */
        void restoreWindows() throws IOException;

        /** Treats the device as removed. */
        void giveUp();
    }

    private final Target target;
    private final InterruptThread interrupts;
    private final Duration limit;
    /** When memory was put back, the latest time last. Guarded by this, like the fields below. */
    private final Deque<Long> restores = new ArrayDeque<>();
    /** Checks whether the fault is over; null if there is no fault. */
    private Lease watch;
    private long faultNanos;

    /** {@code limit}: how long a fault may last. */
    TransientFaults(Target target, InterruptThread interrupts, Duration limit) {
        this.target = target;
        this.interrupts = interrupts;
        this.limit = limit;
    }

    /** Handles a fault in a window. Returns whether the fault means that the device is gone. */
    synchronized boolean isRemoval() {
        if (target.isGone() || !target.isPresent()) {
            return true;
        }
        if (watch != null) {
            return false;
        }
        if (isTooOften()) {
            LOG.warn("{}: its memory faulted again after it was put back {} times within a second",
                    target.name(), RESTORES);
            return true;
        }
        faultNanos = System.nanoTime();
        LOG.info("{}: is there, but its memory cannot be accessed now", target.name());
        watch = interrupts.every(PERIOD, this::look);
        return false;
    }

    private boolean isTooOften() {
        return restores.size() == RESTORES && System.nanoTime() - restores.getFirst() < SECOND;
    }

    /** Checks whether the fault is over. On {@code interrupt}. */
    private void look() {
        boolean over;
        synchronized (this) {
            if (watch == null) {
                return;
            }
            over = target.isGone() || isRestored();
            boolean late = System.nanoTime() - faultNanos > limit.toNanos();
            if (!over && !late && target.isPresent()) {
                return;
            }
            end();
        }
        if (!over) {
            LOG.warn("{}: its memory did not come back", target.name());
            target.giveUp();
        }
    }

    private boolean isRestored() {
        try {
            if (!target.decodesMemory()) {
                return false;
            }
            target.restoreWindows();
        } catch (IOException e) {
            LOG.debug("{}: {}", target.name(), e.getMessage());
            return false;
        }
        long now = System.nanoTime();
        if (restores.size() == RESTORES) {
            restores.removeFirst();
        }
        restores.addLast(now);
        LOG.info("{}: its memory is back after {} ms", target.name(),
                TimeUnit.NANOSECONDS.toMillis(now - faultNanos));
        return true;
    }

    /** Ends the watch, from within its own task. */
    private void end() {
        Lease ended = watch;
        watch = null;
        ended.close();
    }

    /** Stops all checks. */
    void close() {
        Lease ended;
        synchronized (this) {
            ended = watch;
            watch = null;
        }
        // Outside the lock: the close waits for a task that may need it.
        if (ended != null) {
            ended.close();
        }
    }
}
