// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Paces a loop that polls for a change which the kernel does not announce: every 10 ms, until a
 * deadline. One thread.
 */
public final class Patience {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final long deadline;
    private boolean over;

    /** Starts the time limit now. */
    public Patience(Duration limit) {
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    /**
     * Waits, then returns true: look again. Returns false at once if the last look was after the
     * deadline or the thread is interrupted. So there is always a look after the deadline, even if
     * this thread had no CPU for most of the time.
     */
    public boolean pause() {
        if (over || Thread.currentThread().isInterrupted()) {
            return false;
        }
        if (System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(this, PAUSE_NANOS);
        }
        over = System.nanoTime() - deadline >= 0;
        return true;
    }
}
