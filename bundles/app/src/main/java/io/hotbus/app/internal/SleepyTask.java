// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app.internal;

import io.hotbus.app.LcoreTask;
import io.hotbus.eal.mem.MempoolCaches;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A task whose lcore sleeps when no port of its group has received anything for a while. A port
 * wakes the lcore, and so does {@code Lcore.awaitReturn}, which takes a port from it.
 */
final class SleepyTask implements LcoreTask {
    /** Calls in vain before the lcore sleeps: some hundred microseconds. */
    private static final int IDLE_CALLS = 10_000;

    private final LcoreTask task;
    private final List<GroupPort> ports;
    private long received;
    private int idle;

    /** {@code ports} are those of the group; ports may come and go. */
    SleepyTask(LcoreTask task, List<GroupPort> ports) {
        this.task = task;
        this.ports = ports;
    }

    @Override
    public void poll(MempoolCaches caches) {
        long before = received;
        task.poll(caches);
        received = 0;
        for (GroupPort port : ports) {
            received += port.received();
        }
        idle = received == before ? idle + 1 : 0;
        if (idle > IDLE_CALLS) {
            idle = 0;
            sleep();
        }
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
