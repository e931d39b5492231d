// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.thread.CpuAffinity;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.osgi.annotation.versioning.ConsumerType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A polling thread, {@code lcore-N} on CPU N, that calls its tasks in turn, again and again.
 *
 * <p>Control threads assign its work, which is immutable. To take a task away, {@link #assign} the
 * other tasks and wait until the loop has taken them up ({@link #awaitBoundary}). The loop looks
 * for new work once per iteration, by one volatile read. Without tasks the thread parks. Source:
 * DPDK's lcores ({@code rte_eal_remote_launch}).
 */
public final class Lcore {
    private static final Logger LOG = LoggerFactory.getLogger(Lcore.class);
    private static final LcoreTask[] NONE = {};
    private static final long WAIT_PERIOD_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    /** The work from the next iteration on. Compared by identity. */
    private static final class Work {
        final LcoreTask[] tasks;
        final boolean recordStalls;

        Work(LcoreTask[] tasks, boolean recordStalls) {
            this.tasks = tasks;
            this.recordStalls = recordStalls;
        }
    }

    /** Receives the tasks that failed. */
    @ConsumerType
    @FunctionalInterface
    public interface FailureListener {
        /** Reports that {@code task} threw and is no longer called. Runs on the lcore. */
        void taskFailed(LcoreTask task, Throwable failure);
    }

    private final int cpu;
    private final CpuAffinity affinity;
    private final MempoolCaches caches;
    private final FailureListener failures;
    private final Thread thread;
    private final StallRing stalls = new StallRing();
    private final PollHistogram times = new PollHistogram();
    private final BusyTime busy = new BusyTime(System::nanoTime);
    private final AtomicReference<Work> work = new AtomicReference<>(new Work(NONE, false));
    /** The work that the loop has taken up. The loop does no other work. */
    private volatile Work taken = work.get();
    private volatile boolean ending;
    private volatile int threadId;

    /**
     * Creates an lcore without starting it.
     *
     * @param caches   the caches, which the lcore owns from {@link #start} on
     * @param failures receives tasks that throw
     */
    public Lcore(int cpu, CpuAffinity affinity, MempoolCaches caches, FailureListener failures) {
        this.cpu = cpu;
        this.affinity = affinity;
        this.caches = caches;
        this.failures = failures;
        this.thread = new Thread(this::run, "lcore-" + cpu);
        this.thread.setDaemon(true);
    }

    /** Starts the thread, which calls the assigned tasks. To be called once. */
    public void start() {
        thread.start();
    }

    /** The name of the thread. */
    public String name() {
        return thread.getName();
    }

    /** The CPU that the thread is pinned to. */
    public int cpu() {
        return cpu;
    }

    /** The buffer caches of its tasks. */
    public MempoolCaches caches() {
        return caches;
    }

    /** The tasks that were assigned last, without those that have failed since. Any thread. */
    public List<LcoreTask> tasks() {
        return List.of(work.get().tasks);
    }

    /** Calls {@code tasks} from the next iteration on. One control thread at a time. */
    public void assign(List<? extends LcoreTask> tasks) {
        replace(now -> new Work(tasks.toArray(NONE), now.recordStalls));
    }

    /**
     * Sets whether long calls are recorded and all calls are timed, from the next iteration on.
     * What was timed before is forgotten. Any thread.
     */
    public void setRecordStalls(boolean on) {
        times.clear();
        replace(now -> new Work(now.tasks, on));
    }

    /**
     * Waits until every task call that runs now has returned. Later task calls see all changes that
     * the caller made before. Any control thread.
     *
     * @throws DeviceException a call did not return within {@code deadline}
     */
    public void awaitReturn(Duration deadline) throws DeviceException {
        replace(now -> new Work(now.tasks, now.recordStalls));
        awaitBoundary(deadline);
    }

    /** Wakes the thread where a task has parked it. Any thread. */
    public void wake() {
        LockSupport.unpark(thread);
    }

    /** Asks the loop to take up its work anew, unless it is idle. Any thread; does not wait. */
    void ask() {
        if (!isIdle()) {
            replace(now -> new Work(now.tasks, now.recordStalls));
        }
    }

    /** Whether the loop does the work that was assigned last, or is idle. Any thread. */
    boolean hasComeRound() {
        return taken == work.get() || isIdle();
    }

    /** Whether the thread has no tasks, has ended, or was put to sleep by a task. */
    private boolean isIdle() {
        return work.get().tasks.length == 0 || !thread.isAlive()
                || LockSupport.getBlocker(thread) instanceof LcoreTask;
    }

    private void replace(UnaryOperator<Work> change) {
        work.updateAndGet(change);
        LockSupport.unpark(thread);
    }

    /**
     * Waits until the loop does only the work that was assigned last.
     *
     * @throws DeviceException the loop still did earlier work after {@code deadline}
     */
    public void awaitBoundary(Duration deadline) throws DeviceException {
        long end = System.nanoTime() + deadline.toNanos();
        while (taken != work.get() && thread.isAlive()) {
            if (System.nanoTime() - end >= 0) {
                throw new DeviceException(("%s did not reach the end of its burst within %s ms "
                        + "while serving %s: a driver's burst hangs, its queues stay in use")
                        .formatted(name(), deadline.toMillis(), Arrays.toString(taken.tasks)));
            }
            LockSupport.parkNanos(WAIT_PERIOD_NANOS);
        }
    }

    /** The stall that contains {@code timeNanos}, if {@code threadId} is the thread's kernel id. */
    public Optional<Stall> stallAt(int threadId, long timeNanos) {
        return threadId == this.threadId
                ? stalls.at(timeNanos).map(s -> new Stall(name(), threadId, s[0], s[1]))
                : Optional.empty();
    }

    /** How long calls took since the recording of stalls was set last. Any thread. */
    public PollTimes pollTimes() {
        return times.times(name());
    }

    /** How busy it is. Any thread. */
    public LcoreUsage usage() {
        return busy.usage(cpu);
    }

    /**
     * Ends the thread and waits for it, so that no task is called afterwards. Logs a warning if the
     * thread does not end within the deadline.
     */
    public void end(Duration deadline) {
        ending = true;
        replace(now -> new Work(NONE, false));
        try {
            thread.join(deadline.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("{}: did not end within {} ms", name(), deadline.toMillis());
        }
    }

    private void run() {
        threadId = affinity.threadId();
        try {
            affinity.pin(cpu);
            affinity.reserve(cpu);
        } catch (IOException e) {
            LOG.warn("{}: not pinned, runs on any CPU: {}", name(), e.getMessage());
        }
        busy.resume();
        while (!ending) {
            Work now = work.get();
            taken = now;
            if (now.tasks.length == 0) {
                caches.flush();
                busy.pause();
                LockSupport.park(this);
                busy.resume();
            } else if (now.recordStalls) {
                pollRecording(now);
            } else {
                poll(now);
            }
        }
        busy.pause();
        caches.close();
        taken = work.get();
    }

    private void poll(Work now) {
        LcoreTask[] tasks = now.tasks;
        do {
            boolean had = false;
            for (int i = 0; i < tasks.length; i++) {
                had |= call(tasks[i]);
            }
            busy.round(had);
        } while (work.get() == now);
    }

    /** Like {@link #poll}, with stalls recorded. {@code poll} reads no clock if it is busy. */
    private void pollRecording(Work now) {
        LcoreTask[] tasks = now.tasks;
        long start = System.nanoTime();
        do {
            boolean had = false;
            for (int i = 0; i < tasks.length; i++) {
                had |= call(tasks[i]);
                long end = System.nanoTime();
                times.add(end - start);
                if (end - start > StallRing.THRESHOLD_NANOS) {
                    stalls.add(start, end);
                }
                start = end;
            }
            busy.round(had);
        } while (work.get() == now);
    }

    private boolean call(LcoreTask task) {
        try {
            if (Mempool.DEBUG) {
                caches.holder(task.label());
            }
            return task.poll(caches);
        } catch (Throwable failure) {
            // The other tasks continue without this one, whatever the failure is.
            drop(task, failure);
            return false;
        }
    }

    private void drop(LcoreTask task, Throwable failure) {
        Work now;
        Work next;
        do {
            now = work.get();
            LcoreTask[] rest = Arrays.stream(now.tasks).filter(t -> t != task)
                    .toArray(LcoreTask[]::new);
            if (rest.length == now.tasks.length) {
                return;
            }
            next = new Work(rest, now.recordStalls);
        } while (!work.compareAndSet(now, next));
        failures.taskFailed(task, failure);
    }
}
