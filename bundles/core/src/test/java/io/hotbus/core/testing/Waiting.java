// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.testing;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for an effect of another thread; fails if it does not come. */
public final class Waiting {
    private static final Duration LIMIT = Duration.ofSeconds(120);

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

    /**
     * Waits until our code waits in {@code thread}: a thread may also wait for a moment because
     * another one loads the same class, or writes to the log.
     */
    public static void untilBlocked(Thread thread) {
        until(thread + " waits", () -> waits(thread.getState(), thread.getStackTrace()));
    }

    private static boolean waits(Thread.State state, StackTraceElement[] stack) {
        return switch (state) {
            case BLOCKED -> stack.length > 0 && isOurs(stack[0]);
            case WAITING, TIMED_WAITING -> Arrays.stream(stack).limit(1).noneMatch(Waiting::isOurs)
                    && Arrays.stream(stack).filter(frame -> !isOfTheJdk(frame)).findFirst()
                            .filter(Waiting::isOurs).isPresent();
            default -> false;
        };
    }

    private static boolean isOurs(StackTraceElement frame) {
        return frame.getClassName().startsWith("io.hotbus.");
    }

    private static boolean isOfTheJdk(StackTraceElement frame) {
        return "java.base".equals(frame.getModuleName());
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
