// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.thread.ControlThread;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A control thread, {@code control}, that runs the tasks of all owners one by one. */
public final class SingleControl implements ControlThread, AutoCloseable {
    /** The longest chain of tasks that {@link #settle} follows, each submitted by the last. */
    private static final int GENERATIONS = 8;

    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        final Thread control = new Thread(task, "control");
        control.setDaemon(true);
        return control;
    });

    /** Creates the control thread. */
    public SingleControl() {
    }

    @Override
    public void execute(Object owner, Runnable task) {
        thread.execute(task);
    }

    /** Runs {@code task} on the thread, after all earlier tasks, and waits for its result. */
    public <T> T call(Callable<T> task) throws Exception {
        return thread.submit(task).get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Waits until all submitted tasks have run, and also the tasks that these submitted. */
    public void settle() throws Exception {
        for (int i = 0; i < GENERATIONS; i++) {
            call(() -> null);
        }
    }

    /** Ends the thread and drops tasks that have not run. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
