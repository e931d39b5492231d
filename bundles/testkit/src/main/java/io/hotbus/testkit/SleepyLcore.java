// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that receives from queue 0 of a port and gives the packets back. When there is none, the
 * thread sleeps until the port wakes it. Any thread may ask.
 */
public final class SleepyLcore implements AutoCloseable {
    private static final int BURST = 32;
    /** A thread that polls would use up much of this time, and one that sleeps nothing of it. */
    private static final Duration LOOK = Duration.ofMillis(300);

    private final Port port;
    private final MempoolCaches caches;
    private final Thread thread;
    private final AtomicLong received = new AtomicLong();
    private final AtomicInteger sleeps = new AtomicInteger();
    private volatile boolean ended;
    private volatile Throwable failure;

    /** Starts the thread; {@code caches} are for several threads at once. */
    public SleepyLcore(Port port, MempoolCaches caches) {
        this.port = port;
        this.caches = caches;
        this.thread = new Thread(this::run, "lcore-of-" + port.name());
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        final long[] mbufs = new long[BURST];
        try {
            while (!ended) {
                final int count = port.rxQueue(0).burst(caches, mbufs, BURST);
                caches.free(mbufs, 0, count);
                received.addAndGet(count);
                if (count == 0) {
                    sleep();
                }
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void sleep() {
        if (!port.wakeOnPacket(0, () -> LockSupport.unpark(thread))) {
            throw new AssertionError(port + " has no receive interrupts");
        }
        sleeps.incrementAndGet();
        LockSupport.park(this);
    }

    /** Packets received so far. */
    public long received() {
        return received.get();
    }

    /** How often the thread has begun to sleep. */
    public int sleeps() {
        return sleeps.get();
    }

    /** Waits until there were {@code count} packets. */
    public void awaitReceived(long count) {
        Await.until(count + " packets are received", () -> check() && received.get() >= count);
    }

    /** Waits until the thread sleeps. */
    public void awaitSleep() {
        Await.until("the thread sleeps", () -> check()
                && LockSupport.getBlocker(thread) == this
                && thread.getState() == Thread.State.WAITING);
    }

    /** Waits until the thread has slept again after it had slept {@code before} times. */
    public void awaitSleepAfter(int before) {
        Await.until("the thread is woken", () -> check() && sleeps.get() > before);
        awaitSleep();
    }

    private boolean check() {
        if (failure != null) {
            throw new AssertionError("the thread failed", failure);
        }
        return true;
    }

    /** Waits until the thread sleeps, and then for a while. Returns the CPU time of that while. */
    public Duration cpuTimeAsleep() {
        awaitSleep();
        final long before = cpuNanos();
        LockSupport.parkNanos(LOOK.toNanos());
        return Duration.ofNanos(cpuNanos() - before);
    }

    private long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
    }

    /** Ends the thread, and waits for it. */
    @Override
    public void close() {
        ended = true;
        LockSupport.unpark(thread);
        Await.until("the thread ends", () -> !thread.isAlive());
        check();
    }
}
