// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.event;

import io.hotbus.core.plugin.ServiceName;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.eal.thread.ControlThread;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread {@code control}. If a task hangs, a watchdog abandons the thread to the task and
 * continues with a new thread. Further tasks of the same owner run after the hanging task has
 * returned.
 */
@Component(service = ControlThread.class)
public final class Control implements ControlThread {
    private static final Logger LOG = LoggerFactory.getLogger(Control.class);

    private final CoreSettings settings;
    private final Object lock = new Object();
    /** Guarded by lock, like all fields below. */
    private final ControlQueue queue;
    private final List<Worker> stuck = new ArrayList<>();
    private final Thread watchdog = new Thread(this::watch, "control-watchdog");
    private Worker current;
    private int stuckSoFar;
    private boolean closed;

    /**
     * Starts the thread. A task that takes longer than the configured deadline keeps its thread to
     * itself. The configured backlog limits how many tasks of the same owner wait for it.
     */
    @Activate
    public Control(@Reference CoreSettings settings) {
        this.settings = settings;
        queue = new ControlQueue(settings::listenerBacklog);
        watchdog.setDaemon(true);
        synchronized (lock) {
            current = new Worker();
            current.thread.start();
            watchdog.start();
        }
    }

    @Override
    public void execute(Object owner, Runnable task) {
        synchronized (lock) {
            if (closed) {
                LOG.debug("{}: too late, control has ended", ServiceName.of(owner));
                return;
            }
            queue.add(owner, task);
            lock.notifyAll();
        }
    }

    /**
     * Drops the tasks that wait, and waits for the running tasks up to the deadline of a hanging
     * task. Idempotent.
     */
    @Deactivate
    public void close() {
        List<Worker> running;
        synchronized (lock) {
            if (!closed) {
                closed = true;
                int dropped = queue.clear();
                if (dropped > 0) {
                    LOG.warn("control ends, {} tasks dropped", dropped);
                }
            }
            lock.notifyAll();
            // Their deadline is over; an interrupt may end a wait that they are in.
            stuck.forEach(worker -> worker.thread.interrupt());
            running = new ArrayList<>(stuck);
            running.add(current);
        }
        long end = System.nanoTime() + deadlineNanos();
        join(watchdog, end);
        running.forEach(worker -> join(worker.thread, end));
    }

    private long deadlineNanos() {
        return settings.listenerDeadline().toNanos();
    }

    private static void join(Thread thread, long end) {
        if (thread == Thread.currentThread()) {
            return;
        }
        try {
            thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("{}: has not ended; it ends when what it runs returns", thread.getName());
        }
    }

    /**
     * Waits until the deadline of the running task, and abandons the thread to the task if it still
     * runs.
     */
    private void watch() {
        synchronized (lock) {
            while (!closed) {
                try {
                    long left = current.nanosLeft();
                    if (left > 0) {
                        // Rounded up: a wait of 0 would never end.
                        lock.wait(left == Long.MAX_VALUE ? 0 : left / 1_000_000 + 1);
                    } else {
                        leaveToItself(current);
                    }
                } catch (InterruptedException e) {
                    LOG.debug("{}: interrupts are not for it", watchdog.getName(), e);
                }
            }
        }
    }

    private void leaveToItself(Worker worker) {
        worker.thread.setName("control-stuck-" + ++stuckSoFar);
        LOG.error("{}: has not returned within {} ms; left to the thread {}, the others go on",
                ServiceName.of(worker.running.owner()), settings.listenerDeadline().toMillis(),
                worker.thread.getName());
        queue.hold(worker.running.owner());
        stuck.add(worker);
        current = new Worker();
        current.thread.start();
    }

    /** Runs tasks while it is the current worker. */
    private final class Worker implements Runnable {
        private final Thread thread = new Thread(this, "control");
        /**
         * The task that runs, or null. Like the next field, written under lock by the worker's own
         * thread.
         */
        private ControlQueue.Task running;
        private long since;

        Worker() {
            thread.setDaemon(true);
        }

        @Override
        public void run() {
            while (awaitNext()) {
                perform(running);
            }
        }

        /**
         * Runs a task. A separate method, so that a waiting thread keeps no object of an updated
         * bundle on its stack.
         */
        private void perform(ControlQueue.Task task) {
            try {
                task.work().run();
            } catch (Throwable e) {
                LOG.error("{}: failed on {}, the others go on",
                        ServiceName.of(task.owner()), thread.getName(), e);
            }
            // An interrupt must not reach the next task.
            Thread.interrupted();
        }

        /** Waits for the next task. Returns false when the thread shall end. */
        private boolean awaitNext() {
            synchronized (lock) {
                if (current != this) {
                    comeBack();
                    return false;
                }
                running = null;
                while (!closed) {
                    running = queue.poll();
                    if (running != null) {
                        since = System.nanoTime();
                        lock.notifyAll();
                        return true;
                    }
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        LOG.debug("control: interrupts are for tasks only", e);
                    }
                }
                return false;
            }
        }

        private void comeBack() {
            ControlQueue.Task done = running;
            running = null;
            stuck.remove(this);
            if (closed) {
                return;
            }
            int waiting = queue.release(done.owner());
            LOG.info("{}: has returned after {} ms; {} tasks that waited for it follow",
                    ServiceName.of(done.owner()), (System.nanoTime() - since) / 1_000_000, waiting);
            lock.notifyAll();
        }

        private long nanosLeft() {
            return running == null ? Long.MAX_VALUE : since + deadlineNanos() - System.nanoTime();
        }
    }
}
