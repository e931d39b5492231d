// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app.internal;

import io.hotbus.app.LcoreTask;
import io.hotbus.eal.mem.MempoolCaches;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A task whose lcore sleeps when there was nothing to do for a while. A port of its group wakes the
 * lcore, and so does {@code Lcore.awaitReturn}, which takes a port from it.
 */
final class SleepyTask implements LcoreTask {
    /** Calls in vain before the lcore sleeps: some hundred microseconds. */
    private static final int IDLE_CALLS = 10_000;

    private final LcoreTask task;
    private final List<GroupPort> ports;
    private int idle;

    /** {@code ports} are those of the group; ports may come and go. */
    SleepyTask(LcoreTask task, List<GroupPort> ports) {
        this.task = task;
        this.ports = ports;
    }

    @Override
    public boolean poll(MempoolCaches caches) {
        boolean had = task.poll(caches);
        idle = had ? 0 : idle + 1;
        if (idle > IDLE_CALLS) {
            idle = 0;
            sleep();
        }
        return had;
    }

    private void sleep() {
        Thread lcore = Thread.currentThread();
        for (GroupPort port : ports) {
            if (!port.wakeOnPacket(() -> LockSupport.unpark(lcore))) {
                return;
            }
        }
        // Returns at once if the thread was unparked since: no packet is missed.
        LockSupport.park(this);
    }

    @Override
    public String label() {
        return task.label();
    }

    @Override
    public String toString() {
        return task.toString();
    }
}
