// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what the kernel does not announce: looks every 10 ms, until a deadline. One thread. */
public final class Patience {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final long deadline;

    /** From now on. */
    public Patience(Duration limit) {
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    /** False, at once, when the deadline has passed or the thread is interrupted. */
    public boolean pause() {
        if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
            return false;
        }
        LockSupport.parkNanos(this, PAUSE_NANOS);
        return true;
    }
}
