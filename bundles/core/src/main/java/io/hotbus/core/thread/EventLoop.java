// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import io.hotbus.core.thread.Descriptors.Watched;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that waits for file descriptors. It runs their readers, submitted tasks and delayed
 * tasks. If one of them throws, that is logged and the thread goes on.
 */
public final class EventLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    /** How long {@link #close} waits for the reader or task that runs at that moment. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** The pause after a failed poll, so that a lasting error takes no CPU time. */
    private static final Duration POLL_ERROR_PAUSE = Duration.ofMillis(100);

    /**
     * A task and its due time. Tasks that are due at the same time run in the order of submission.
     */
    private record Later(long nanos, long order, Runnable task) implements Comparable<Later> {
        @Override
        public int compareTo(Later other) {
            // Compares by difference, because the clock may wrap.
            int byTime = Long.signum(nanos - other.nanos);
            return byTime != 0 ? byTime : Long.signum(order - other.order);
        }
    }

    private final Linux linux;
    private final Thread thread;
    private final Runnable atEnd;
    private final int wakeFd;
    private final Descriptors descriptors = new Descriptors();
    private final Object lock = new Object();
    /** Made now: the first removal would have to link it. */
    private final Runnable waker = this::wake;
    /** Guarded by lock, like all fields below. */
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Later> later = new PriorityQueue<>();
    private long order;
    private boolean stopping;
    private boolean ended;

    /** {@code atEnd} always runs last on the thread, and closes the descriptors of the readers. */
    public EventLoop(Linux linux, String name, Runnable atEnd) throws LinuxException {
        this.linux = linux;
        this.atEnd = atEnd;
        this.wakeFd = linux.eventfd();
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Starts the thread. Call it once. */
    public void start() {
        thread.start();
    }

    /**
     * Runs {@code reader} whenever {@code fd} is readable or has an error. It runs once in each
     * iteration of the loop, so a reader that leaves its descriptor readable does not starve
     * others. Any thread.
     */
    public void watch(int fd, Runnable reader) {
        descriptors.add(fd, reader).ifPresent(before ->
                LOG.error("{}: descriptor {} was closed while {} still watched it; it is {}'s now",
                        thread.getName(), fd, before.reader(), reader));
        wake();
    }

    /**
     * Ends {@link #watch}, with the same arguments. When this method returns, the thread no longer
     * polls the descriptor, so closing the descriptor releases the file. Any thread; {@code reader}
     * may still be running.
     */
    public void unwatch(int fd, Runnable reader) {
        descriptors.removeAndAwait(new Watched(fd, reader), waker);
    }

    /** Runs {@code task} on the thread, soon. Returns false once the loop is closed. Any thread. */
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

    /** Runs {@code task} on the thread after {@code delay}, unless the loop is closed before. */
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
            wake();
        }
        if (thread.getState() == Thread.State.NEW) {
            end();
            return;
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

    private void wake() {
        // Holds the lock, because the descriptor is closed under it.
        synchronized (lock) {
            if (ended) {
                return;
            }
            try {
                linux.signal(wakeFd);
            } catch (LinuxException e) {
                LOG.error("{}: cannot be woken", thread.getName(), e);
            }
        }
    }

    private void run() {
        try {
            while (!isStopping()) {
                turn();
                due().forEach(this::runOne);
            }
        } finally {
            end();
        }
    }

    /** Waits for descriptors and runs their readers. */
    private void turn() {
        try {
            List<Watched> candidates = descriptors.beginPoll();
            Linux.Polled polled;
            try {
                polled = linux.pollAll(timeoutMillis(), withItsOwn(candidates));
            } finally {
                descriptors.endPoll();
            }
            if (polled.readable().get(0) || polled.notOpen().get(0)) {
                linux.drain(wakeFd);
            }
            polled.notOpen().stream().forEach(index -> drop(candidates.get(index - 1)));
            polled.readable().stream().skip(polled.readable().get(0) ? 1 : 0)
                    .forEach(index -> read(candidates.get(index - 1)));
        } catch (LinuxException e) {
            LOG.error("{}: cannot wait for its descriptors, trying again", thread.getName(), e);
            LockSupport.parkNanos(POLL_ERROR_PAUSE.toNanos());
        }
    }

    /** The descriptors to poll; the loop's own descriptor comes first. */
    private int[] withItsOwn(List<Watched> candidates) {
        return IntStream.concat(IntStream.of(wakeFd), candidates.stream().mapToInt(Watched::fd))
                .toArray();
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
            // Rounded up, so that the task is due when the poll returns.
            long millis = TimeUnit.NANOSECONDS.toMillis(nanos + 999_999);
            return (int) Math.max(0, Math.min(millis, Integer.MAX_VALUE));
        }
    }

    /** Runs the reader, unless another reader has unwatched the descriptor meanwhile. */
    private void read(Watched ready) {
        if (descriptors.contains(ready)) {
            runOne(ready.reader());
        }
    }

    /** Stops watching a descriptor that is not open; otherwise every poll would return at once. */
    private void drop(Watched notOpen) {
        if (descriptors.remove(notOpen)) {
            LOG.error("{}: descriptor {} was closed while {} still watched it; it is not any more",
                    thread.getName(), notOpen.fd(), notOpen.reader());
        }
    }

    /**
     * Takes the tasks that are due now. Tasks submitted while these run follow after the next poll.
     */
    private List<Runnable> due() {
        synchronized (lock) {
            List<Runnable> due = new ArrayList<>();
            long now = System.nanoTime();
            while (!later.isEmpty() && later.peek().nanos() - now <= 0) {
                due.add(later.poll().task());
            }
            due.addAll(tasks);
            tasks.clear();
            return due;
        }
    }

    private void runOne(Runnable task) {
        if (isStopping()) {
            return;
        }
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
