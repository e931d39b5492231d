// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.event;

import io.hotbus.core.plugin.ServiceName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks in their order. Tasks of an owner on hold are set aside until the owner is released. Not
 * thread-safe.
 */
final class ControlQueue {
    private static final Logger LOG = LoggerFactory.getLogger(ControlQueue.class);

    record Task(Object owner, Runnable work) {
    }

    /** The tasks of an owner on hold. */
    private static final class Backlog {
        private final Deque<Task> tasks = new ArrayDeque<>();
        private int dropped;
    }

    private final IntSupplier backlogLimit;
    private final Deque<Task> tasks = new ArrayDeque<>();
    private final Map<Object, Backlog> onHold = new IdentityHashMap<>();

    /**
     * Creates a queue that sets aside at most {@code backlogLimit} tasks of one owner and drops
     * further ones.
     */
    ControlQueue(IntSupplier backlogLimit) {
        this.backlogLimit = backlogLimit;
    }

    void add(Object owner, Runnable work) {
        Backlog backlog = onHold.get(owner);
        if (backlog != null) {
            setAside(backlog, new Task(owner, work));
        } else {
            tasks.add(new Task(owner, work));
        }
    }

    /** The next task of an owner that is not on hold; null if there is none. */
    Task poll() {
        return tasks.poll();
    }

    /** Sets aside all tasks of {@code owner}, waiting ones and later ones. */
    void hold(Object owner) {
        Backlog backlog = new Backlog();
        onHold.put(owner, backlog);
        tasks.removeIf(task -> {
            boolean its = task.owner() == owner;
            if (its) {
                setAside(backlog, task);
            }
            return its;
        });
    }

    private void setAside(Backlog backlog, Task task) {
        int limit = backlogLimit.getAsInt();
        if (backlog.tasks.size() < limit) {
            backlog.tasks.add(task);
        } else if (backlog.dropped++ == 0) {
            LOG.error("{}: {} tasks wait for it to return, further ones are dropped",
                    ServiceName.of(task.owner()), limit);
        }
    }

    /** Queues the tasks that were set aside for {@code owner}. Returns their number. */
    int release(Object owner) {
        Backlog backlog = onHold.remove(owner);
        if (backlog.dropped > 0) {
            LOG.error("{}: {} tasks were dropped while it did not return",
                    ServiceName.of(owner), backlog.dropped);
        }
        tasks.addAll(backlog.tasks);
        return backlog.tasks.size();
    }

    /** Drops all tasks. Returns their number. */
    int clear() {
        int dropped = tasks.size();
        for (Backlog backlog : onHold.values()) {
            dropped += backlog.tasks.size();
            backlog.tasks.clear();
        }
        tasks.clear();
        return dropped;
    }
}
