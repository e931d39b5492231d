// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.LinuxException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The thread {@code interrupt}, with counters of its tasks. The thread polls descriptors every
 * millisecond. Any thread may call the methods.
 */
public final class TestInterrupts implements InterruptThread, AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofMillis(1);

    private final Thread thread;
    private final ScheduledExecutorService executor;
    private final AtomicInteger rounds = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();

    /** Starts the thread. */
    public TestInterrupts() {
        final Thread[] started = new Thread[1];
        executor = Executors.newSingleThreadScheduledExecutor(task -> {
            started[0] = new Thread(task, "interrupt");
            started[0].setDaemon(true);
            return started[0];
        });
        drain();
        thread = started[0];
    }

    /** The number of times that periodic tasks have run. */
    public int rounds() {
        return rounds.get();
    }

    /** The number of leases that are not closed. */
    public int open() {
        return open.get();
    }

    /** Runs {@code task} on the thread soon, like an interrupt. */
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /** Waits until all tasks that were submitted before have run. */
    public void drain() {
        try {
            executor.submit(() -> { }).get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the interrupt thread does not come to an end", e);
        }
    }

    @Override
    public Lease watch(int fd, Runnable reader) {
        return schedule(LOOK_EVERY, () -> {
            if (isReadable(fd)) {
                reader.run();
            }
        });
    }

    private static boolean isReadable(int fd) {
        try {
            return TestOs.linux().poll(0, fd) != 0;
        } catch (LinuxException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Lease every(Duration period, Runnable task) {
        return schedule(period, () -> {
            task.run();
            rounds.incrementAndGet();
        });
    }

    private Lease schedule(Duration period, Runnable task) {
        open.incrementAndGet();
        final Future<?> future = executor.scheduleAtFixedRate(
                task, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
        return () -> {
            if (future.cancel(false)) {
                open.decrementAndGet();
            }
            if (Thread.currentThread() != thread) {
                drain();
            }
        };
    }

    /** Ends the thread. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
