// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.testing;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for an effect of another thread; fails if it does not come. */
public final class Waiting {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Set<Thread.State> BLOCKED = EnumSet.of(
            Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.BLOCKED);

    private Waiting() {
    }

    public static void await(CountDownLatch latch) {
        try {
            if (!latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                fail("not within " + LIMIT);
            }
        } catch (InterruptedException e) {
            fail("interrupted", e);
        }
    }

    /** Waits for a state that no event announces. */
    public static void until(String what, BooleanSupplier reached) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                fail("not within " + LIMIT + ": " + what);
            }
            Thread.yield();
        }
    }

    public static void untilBlocked(Thread thread) {
        until(thread + " waits", () -> BLOCKED.contains(thread.getState()));
    }

    public static void join(Thread thread) {
        try {
            thread.join(LIMIT.toMillis());
        } catch (InterruptedException e) {
            fail("interrupted", e);
        }
        if (thread.isAlive()) {
            fail(thread + " has not ended within " + LIMIT);
        }
    }

    /** Whether a thread of that name is alive. */
    public static boolean isAlive(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals(name));
    }
}
