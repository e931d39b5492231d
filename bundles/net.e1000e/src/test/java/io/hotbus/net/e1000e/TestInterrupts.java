// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.InterruptThread;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The interrupt thread. */
final class TestInterrupts implements InterruptThread, AutoCloseable {
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> {
                Thread t = new Thread(task, "interrupt");
                t.setDaemon(true);
                return t;
            });
    /** How often a periodic task has run. */
    final AtomicInteger rounds = new AtomicInteger();
    /** How many leases are open. */
    final AtomicInteger open = new AtomicInteger();

    void execute(Runnable task) {
        thread.execute(task);
    }

    /** Returns when what was handed in before has run. */
    void drain() {
        try {
            thread.submit(() -> { }).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Lease watch(int fd, Runnable reader) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Lease every(Duration period, Runnable task) {
        open.incrementAndGet();
        Future<?> future = thread.scheduleAtFixedRate(() -> {
            task.run();
            rounds.incrementAndGet();
        }, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
        return () -> {
            if (future.cancel(false)) {
                open.decrementAndGet();
            }
            drain();
        };
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
