// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.rig;

import io.hotbus.eal.thread.ControlThread;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A control thread. */
public final class RigControl implements ControlThread, AutoCloseable {
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "control"));

    @Override
    public void execute(Object owner, Runnable task) {
        thread.execute(task);
    }

    /** Runs {@code task} on the thread, after all that was handed in before, and waits for it. */
    public <T> T call(Callable<T> task) throws Exception {
        return thread.submit(task).get(30, TimeUnit.SECONDS);
    }

    /** Waits until all that was handed in is done, and what that handed in in turn. */
    public void settle() throws Exception {
        for (int i = 0; i < 8; i++) {
            call(() -> null);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
