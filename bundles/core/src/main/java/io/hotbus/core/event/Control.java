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
 * The thread {@code control}. A watchdog leaves it to a task that hangs and goes on with a new one;
 * the owner of that task gets its further tasks when it has returned.
 */
@Component(service = ControlThread.class)
public final class Control implements ControlThread {
    private static final Logger LOG = LoggerFactory.getLogger(Control.class);

    private final CoreSettings settings;
    private final Object lock = new Object();
    /** Guarded by lock, as all that follow. */
    private final ControlQueue queue;
    private final List<Worker> stuck = new ArrayList<>();
    private final Thread watchdog = new Thread(this::watch, "control-watchdog");
    private Worker current;
    private int stuckSoFar;
    private boolean closed;

    /**
     * A task that takes longer than the deadline of the settings is left alone; at most as many
     * tasks of its owner as their backlog says wait for it.
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

    /** What runs is waited for, as long as a hanging task is; what waits is dropped. Idempotent. */
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
            // They have had their time; an interrupt may help them out of a wait.
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

    /** Waits until the deadline of whatever runs, and leaves the thread to it if it still does. */
    private void watch() {
        synchronized (lock) {
            while (!closed) {
                try {
                    long left = current.nanosLeft();
                    if (left > 0) {
                        // Rounded up; 0 would be for ever.
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

    /** Runs tasks for as long as it is the current one. */
    private final class Worker implements Runnable {
        private final Thread thread = new Thread(this, "control");
        /** Written under lock, as the next, by its own thread: null between two tasks. */
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

        /** Apart, so that a thread that waits has nothing of an updated bundle on its stack. */
        private void perform(ControlQueue.Task task) {
            try {
                task.work().run();
            } catch (Throwable e) {
                LOG.error("{}: failed on {}, the others go on",
                        ServiceName.of(task.owner()), thread.getName(), e);
            }
            // Not for the next task.
            Thread.interrupted();
        }

        /** Waits for the next task; false when the thread is to end. */
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
