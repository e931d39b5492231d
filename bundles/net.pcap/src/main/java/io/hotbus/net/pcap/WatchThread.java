// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.hotplug.Lease;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread {@code pcap-watch}, which looks at files now and then. It is a thread of its own
 * because a file system may keep a look waiting. It exists while there is something to watch.
 */
final class WatchThread {
    private static final Logger LOG = LoggerFactory.getLogger(WatchThread.class);

    private final ScheduledThreadPoolExecutor executor;

    WatchThread() {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "pcap-watch");
            thread.setDaemon(true);
            return thread;
        });
        executor.setKeepAliveTime(1, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        executor.setRemoveOnCancelPolicy(true);
    }

    /** Runs {@code task} every {@code millis}, until the lease is closed. It may run once more. */
    Lease every(long millis, Runnable task) {
        Future<?> future = executor.scheduleWithFixedDelay(
                () -> run(task), millis, millis, TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a look at the files failed", e);
        }
    }

    /** Ends the thread. */
    void close() {
        executor.shutdownNow();
    }
}
