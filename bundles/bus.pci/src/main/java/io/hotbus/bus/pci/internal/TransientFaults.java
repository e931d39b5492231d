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
 * Faults of one device that is still there: on vfio its memory faults while it does not decode
 * memory, as during a reset. Its windows read as their fill until it does again, and what is
 * written meanwhile is lost; then its memory is put back. If that takes too long, or happens too
 * often, the device counts as removed. Source: Linux drivers/vfio/pci/vfio_pci_core.c.
 */
final class TransientFaults {
    private static final Logger LOG = LoggerFactory.getLogger(TransientFaults.class);
    private static final Duration PERIOD = Duration.ofMillis(10);
    /** This often within a second it may be put back. */
    private static final int RESTORES = 8;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** What is to be known of the device, and done with it. */
    interface Target {
        /** Its name. */
        String name();

        boolean isGone();

        /** Whether it answers. */
        boolean isPresent();

        /** Whether its memory can be accessed. */
        boolean decodesMemory() throws LinuxException;

        /** Puts its memory back behind its windows. */
        void restoreWindows() throws IOException;

        /** It has to be taken for removed. */
        void giveUp();
    }

    private final Target target;
    private final InterruptThread interrupts;
    private final Duration limit;
    /** When memory was put back, the latest last. Guarded by this, as what follows. */
    private final Deque<Long> restores = new ArrayDeque<>();
    /** Looks whether the fault is over; null where none is going on. */
    private Lease watch;
    private long faultNanos;

    /** {@code limit}: how long a fault may last. */
    TransientFaults(Target target, InterruptThread interrupts, Duration limit) {
        this.target = target;
        this.interrupts = interrupts;
        this.limit = limit;
    }

    /** Whether a fault in one of its windows means that the device is gone. */
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

    /** On {@code interrupt}. */
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

    /** From within the task that it ends. */
    private void end() {
        Lease ended = watch;
        watch = null;
        ended.close();
    }

    /** Nothing is looked at from now on. */
    void close() {
        Lease ended;
        synchronized (this) {
            ended = watch;
            watch = null;
        }
        // Waits for what holds the lock.
        if (ended != null) {
            ended.close();
        }
    }
}
