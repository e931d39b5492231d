// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for effects of other threads that raise no event. */
final class Waiting {
    private static final long LOOK_EVERY_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private Waiting() {
    }

    static void until(String what, BooleanSupplier condition) {
        until(() -> what, condition);
    }

    /** Waits for {@code condition}; {@code trouble} says what is wrong if it does not hold. */
    static void until(Supplier<String> trouble, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Application.DEADLINE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(trouble.get());
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }
}
