// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for the effects of other threads. The limit is generous because a machine may be busy; only
 * a failing test waits that long. Any thread.
 */
public final class Await {
    /** The longest time that a method waits. */
    public static final Duration LIMIT = Duration.ofSeconds(120);
    private static final long PERIOD_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private Await() {
    }

    /**
     * Waits until {@code condition} holds.
     *
     * @param what the condition in words, for the message
     * @throws AssertionError it did not hold within {@link #LIMIT}
     */
    public static void until(String what, BooleanSupplier condition) {
        if (!reached(condition)) {
            throw new AssertionError("not within " + LIMIT.toSeconds() + " s: " + what);
        }
    }

    /** Like {@link #until(String, BooleanSupplier)}, for tests whose line needs no message. */
    public static void until(BooleanSupplier condition) {
        until("the condition holds", condition);
    }

    /** Waits until {@code condition} holds, and returns whether it did within {@link #LIMIT}. */
    public static boolean reached(BooleanSupplier condition) {
        return reached(condition, LIMIT);
    }

    static boolean reached(BooleanSupplier condition, Duration limit) {
        final long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > limit.toNanos() || Thread.interrupted()) {
                return false;
            }
            LockSupport.parkNanos(PERIOD_NANOS);
        }
        return true;
    }

    /** Like {@link #open(String, CountDownLatch)}, for tests whose line needs no message. */
    public static void open(CountDownLatch latch) {
        open("the latch is open", latch);
    }

    /**
     * Waits until {@code latch} is open.
     *
     * @param what what opens the latch, for the message
     * @throws AssertionError it was not opened within {@link #LIMIT}
     */
    public static void open(String what, CountDownLatch latch) {
        try {
            if (!latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("not within " + LIMIT.toSeconds() + " s: " + what);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting: " + what, e);
        }
    }
}
