// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that waits for file descriptors and runs what is due: the descriptors' readers, tasks
 * handed in, and tasks for later. What one of them throws is logged, and the thread goes on.
 */
public final class EventLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    /** How long {@link #close} waits for what runs at that moment. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** Between two polls that failed, so that a lasting error takes no CPU. */
    private static final Duration POLL_ERROR_PAUSE = Duration.ofMillis(100);

    /** A task and when it is due; of those due at once the first handed in comes first. */
    private record Later(long nanos, long order, Runnable task) implements Comparable<Later> {
        @Override
        public int compareTo(Later other) {
            // By difference, as the clock may wrap.
            int byTime = Long.signum(nanos - other.nanos);
            return byTime != 0 ? byTime : Long.signum(order - other.order);
        }
    }

    private final Linux linux;
    private final Thread thread;
    private final Runnable atEnd;
    private final int wakeFd;
    /** The loop's own: touched before start and on its thread. */
    private final Map<Integer, Runnable> readers = new LinkedHashMap<>();
    private final Object lock = new Object();
    /** Guarded by lock, as all that follow. */
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Later> later = new PriorityQueue<>();
    private long order;
    private boolean stopping;
    private boolean ended;

    /** {@code atEnd} runs last on the thread, whatever happens: it closes what the readers read. */
    public EventLoop(Linux linux, String name, Runnable atEnd) throws LinuxException {
        this.linux = linux;
        this.atEnd = atEnd;
        this.wakeFd = linux.eventfd();
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Once. */
    public void start() {
        thread.start();
    }

    /**
     * {@code reader} runs whenever {@code fd} is readable or has an error. Before {@link #start},
     * or on the loop's thread.
     */
    public void watch(int fd, Runnable reader) {
        readers.put(fd, reader);
    }

    /** The opposite of {@link #watch}, on the loop's thread. */
    public void unwatch(int fd) {
        readers.remove(fd);
    }

    /** Runs {@code task} on the thread, soon. Any thread. False once the loop is closed. */
    public boolean execute(Runnable task) {
        synchronized (lock) {
            if (stopping) {
                return false;
            }
            tasks.add(task);
            wake();
            return true;
        }
    }

    /** Runs {@code task} on the thread, after {@code delay}, if it is not closed before. */
    public void schedule(Duration delay, Runnable task) {
        synchronized (lock) {
            if (stopping) {
                return;
            }
            later.add(new Later(System.nanoTime() + delay.toNanos(), order++, task));
            wake();
        }
    }

    /** Whether the calling thread is the loop's. */
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Ends the thread and waits for it, unless called on it. Idempotent. */
    @Override
    public void close() {
        synchronized (lock) {
            stopping = true;
            if (thread.getState() == Thread.State.NEW) {
                end();
                return;
            }
            wake();
        }
        if (isCurrent()) {
            return;
        }
        try {
            thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("{}: has not ended within {} s; it ends when what it runs returns",
                    thread.getName(), PATIENCE.toSeconds());
        }
    }

    /** Under the lock: the descriptor is closed under it too. */
    private void wake() {
        if (ended) {
            return;
        }
        try {
            linux.signal(wakeFd);
        } catch (LinuxException e) {
            LOG.error("{}: cannot be woken", thread.getName(), e);
        }
    }

    private void run() {
        try {
            while (turn()) {
                runDue();
            }
        } finally {
            end();
        }
    }

    /** Waits, and runs the readers. False when it is to end. */
    private boolean turn() {
        int[] fds = new int[readers.size() + 1];
        fds[0] = wakeFd;
        int count = 1;
        for (int fd : readers.keySet()) {
            fds[count++] = fd;
        }
        try {
            int ready = linux.poll(timeoutMillis(), fds);
            if ((ready & 1) != 0) {
                linux.drain(wakeFd);
            }
            for (int i = 1; i < fds.length && !isStopping(); i++) {
                Runnable reader = readers.get(fds[i]);
                if ((ready & 1 << i) != 0 && reader != null) {
                    runOne(reader);
                }
            }
        } catch (LinuxException e) {
            LOG.error("{}: cannot wait for its descriptors, trying again", thread.getName(), e);
            LockSupport.parkNanos(POLL_ERROR_PAUSE.toNanos());
        }
        return !isStopping();
    }

    private boolean isStopping() {
        synchronized (lock) {
            return stopping;
        }
    }

    private int timeoutMillis() {
        synchronized (lock) {
            if (stopping || !tasks.isEmpty()) {
                return 0;
            }
            if (later.isEmpty()) {
                return -1;
            }
            long nanos = later.peek().nanos() - System.nanoTime();
            // Rounded up, so that it is due when the poll returns.
            long millis = TimeUnit.NANOSECONDS.toMillis(nanos + 999_999);
            return (int) Math.max(0, Math.min(millis, Integer.MAX_VALUE));
        }
    }

    private void runDue() {
        Runnable task = nextDue();
        while (task != null) {
            runOne(task);
            task = nextDue();
        }
    }

    private Runnable nextDue() {
        synchronized (lock) {
            if (stopping) {
                return null;
            }
            if (!later.isEmpty() && later.peek().nanos() - System.nanoTime() <= 0) {
                return later.poll().task();
            }
            return tasks.poll();
        }
    }

    private void runOne(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.error("{}: unexpected, going on", thread.getName(), e);
        }
    }

    private void end() {
        synchronized (lock) {
            if (ended) {
                return;
            }
            ended = true;
            stopping = true;
            tasks.clear();
            later.clear();
            linux.close(wakeFd);
        }
        atEnd.run();
    }
}
