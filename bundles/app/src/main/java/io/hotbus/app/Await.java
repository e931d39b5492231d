// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits until a condition holds, by testing it every millisecond. Scripts use this to wait for
 * counters, which raise no events.
 */
public final class Await {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Await() {
    }

    /** Waits for {@code condition}; returns whether it held before {@code timeout} had passed. */
    public static boolean until(BooleanSupplier condition, Duration timeout)
            throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            LockSupport.parkNanos(PERIOD_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return true;
    }
}
