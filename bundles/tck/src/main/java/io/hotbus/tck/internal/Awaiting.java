// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.concurrent.locks.LockSupport;

/** Waits for a state that other threads change without an event. */
public final class Awaiting {
    private static final long LOOK_EVERY_NANOS = 200_000;

    private final Duration deadline;

    Awaiting(Duration deadline) {
        this.deadline = deadline;
    }

    /** The time limit of each step. */
    public Duration deadline() {
        return deadline;
    }

    /** Waits for {@code condition}; returns whether it held before the deadline. */
    public boolean holds(BooleanSupplier condition) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        return true;
    }

    /**
     * Waits for {@code condition}.
     *
     * @throws AssertionError naming {@code what} and the deadline
     */
    public void until(String what, BooleanSupplier condition) {
        if (!holds(condition)) {
            throw new AssertionError("%s: not within %s ms".formatted(what, deadline.toMillis()));
        }
    }

    /** Waits for {@code thread} to end. */
    public void end(Thread thread) throws InterruptedException {
        thread.join(deadline.toMillis());
        if (thread.isAlive()) {
            AssertionError hangs = new AssertionError("%s: hangs for %s ms"
                    .formatted(thread.getName(), deadline.toMillis()));
            hangs.setStackTrace(thread.getStackTrace());
            throw hangs;
        }
    }
}
