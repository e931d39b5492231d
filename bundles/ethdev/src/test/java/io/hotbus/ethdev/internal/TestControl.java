// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.thread.ControlThread;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Keeps the promises of {@link ControlThread} by the simplest means: a thread for each owner. */
final class TestControl implements ControlThread, AutoCloseable {
    private final Map<Object, ExecutorService> threads = new IdentityHashMap<>();

    @Override
    public synchronized void execute(Object owner, Runnable task) {
        threads.computeIfAbsent(owner, o -> Executors.newSingleThreadExecutor()).submit(task);
    }

    /** Returns when all that was handed in for {@code owner} has run. */
    void await(Object owner) throws Exception {
        ExecutorService thread;
        synchronized (this) {
            thread = threads.computeIfAbsent(owner, o -> Executors.newSingleThreadExecutor());
        }
        thread.submit(() -> { }).get();
    }

    @Override
    public synchronized void close() {
        List.copyOf(threads.values()).forEach(ExecutorService::shutdownNow);
    }
}
