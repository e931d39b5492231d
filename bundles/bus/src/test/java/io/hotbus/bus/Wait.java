// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for other threads, and not for ever. */
final class Wait {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Wait() {
    }

    static void until(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("nobody opened the latch");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** For what nobody tells of. */
    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                throw new AssertionError("it did not come about");
            }
            LockSupport.parkNanos(100_000);
        }
    }
}
