// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what the kernel does not announce: looks every 10 ms, until a deadline. One thread. */
public final class Patience {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final long deadline;
    private boolean over;

    /** From now on. */
    public Patience(Duration limit) {
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    /**
     * True when it is worth a look, and false, at once, when the last one was made after the
     * deadline or the thread is interrupted. So there is a look after the deadline, also where this
     * thread was not on a CPU for most of the time.
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
