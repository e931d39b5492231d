// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;
import io.hotbus.testpmd.Stall;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A forwarding thread, {@code lcore-N} on CPU N: serves its streams one after the other, for ever.
 *
 * <p>Control threads hand it {@link Work}, which never changes once handed over: to take a stream
 * away is to hand over work without it and to wait until the loop has taken that up (see
 * {@link #awaitBoundary}). The loop looks for new work once per iteration, one volatile read.
 * Without streams the thread parks.
 */
final class Lcore {
    private static final Logger LOG = LoggerFactory.getLogger(Lcore.class);
    private static final FwdStream[] NONE = {};
    private static final long WAIT_PERIOD_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    /** What to do from the next iteration on. Compared by identity. */
    private static final class Work {
        final ForwardEngine engine;
        final FwdStream[] streams;
        final boolean recordStalls;

        Work(ForwardEngine engine, FwdStream[] streams, boolean recordStalls) {
            this.engine = engine;
            this.streams = streams;
            this.recordStalls = recordStalls;
        }
    }

    /** Is told, on the lcore, of a stream that is served no more since its engine threw. */
    interface FailureListener {
        void streamFailed(FwdStream stream, Throwable failure);
    }

    private final int cpu;
    private final CpuAffinity affinity;
    private final MempoolCaches caches;
    private final FailureListener failures;
    private final Thread thread;
    private final StallRing stalls = new StallRing();
    private final AtomicReference<Work> work = new AtomicReference<>(new Work(null, NONE, false));
    /** The work the loop has taken up: no other is being done. */
    private volatile Work taken = work.get();
    private volatile boolean ending;
    private volatile int threadId;

    /** {@code caches} are its own from {@link #start} on. */
    Lcore(int cpu, CpuAffinity affinity, MempoolCaches caches, FailureListener failures) {
        this.cpu = cpu;
        this.affinity = affinity;
        this.caches = caches;
        this.failures = failures;
        this.thread = new Thread(this::run, "lcore-" + cpu);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    String name() {
        return thread.getName();
    }

    int cpu() {
        return cpu;
    }

    /** For what it serves. */
    MempoolCaches caches() {
        return caches;
    }

    /** The streams that were last assigned, without those that failed since. */
    List<FwdStream> streams() {
        return List.of(work.get().streams);
    }

    /** Serves {@code streams} from the next iteration on. One control thread at a time. */
    void assign(ForwardEngine engine, List<FwdStream> streams) {
        hand(new Work(engine, streams.toArray(NONE), work.get().recordStalls));
    }

    /** Whether bursts that take long are kept from the next one on. */
    void setRecordStalls(boolean on) {
        Work now;
        do {
            now = work.get();
        } while (!work.compareAndSet(now, new Work(now.engine, now.streams, on)));
        LockSupport.unpark(thread);
    }

    private void hand(Work next) {
        work.set(next);
        LockSupport.unpark(thread);
    }

    /**
     * Waits until the loop does nothing but what it was last assigned.
     *
     * @throws DeviceException it did not get there within {@code deadline}
     */
    void awaitBoundary(Duration deadline) throws DeviceException {
        long end = System.nanoTime() + deadline.toNanos();
        while (taken != work.get() && thread.isAlive()) {
            if (System.nanoTime() - end >= 0) {
                throw new DeviceException(("%s did not reach the end of its burst within %s ms "
                        + "while serving %s: a driver's burst hangs, its queues stay in use")
                        .formatted(name(), deadline.toMillis(), Arrays.toString(taken.streams)));
            }
            LockSupport.parkNanos(WAIT_PERIOD_NANOS);
        }
    }

    /** The stall {@code timeNanos} fell in, if {@code threadId} is this thread's kernel id. */
    Optional<Stall> stallAt(int threadId, long timeNanos) {
        return threadId == this.threadId
                ? stalls.at(timeNanos).map(s -> new Stall(name(), threadId, s[0], s[1]))
                : Optional.empty();
    }

    /** Ends the thread; no stream is served any more. Idempotent. */
    void end(Duration deadline) {
        ending = true;
        hand(new Work(null, NONE, false));
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
        while (!ending) {
            Work now = work.get();
            taken = now;
            if (now.streams.length == 0) {
                caches.flush();
                LockSupport.park(this);
            } else if (now.recordStalls) {
                pollRecording(now);
            } else {
                poll(now);
            }
        }
        caches.close();
        taken = work.get();
    }

    private void poll(Work now) {
        ForwardEngine engine = now.engine;
        FwdStream[] streams = now.streams;
        do {
            for (int i = 0; i < streams.length; i++) {
                serve(now, engine, streams[i]);
            }
        } while (work.get() == now);
    }

    /** As {@link #poll}; apart from it, so that the plain loop does not pay for the clock. */
    private void pollRecording(Work now) {
        ForwardEngine engine = now.engine;
        FwdStream[] streams = now.streams;
        long start = System.nanoTime();
        do {
            for (int i = 0; i < streams.length; i++) {
                serve(now, engine, streams[i]);
                long end = System.nanoTime();
                if (end - start > StallRing.THRESHOLD_NANOS) {
                    stalls.add(start, end);
                }
                start = end;
            }
        } while (work.get() == now);
    }

    private void serve(Work now, ForwardEngine engine, FwdStream stream) {
        try {
            if (Mempool.DEBUG) {
                caches.holder(stream.label());
            }
            engine.forward(stream);
        } catch (Throwable failure) {
            // Whatever it is, the other streams go on without this one.
            drop(stream, failure);
        }
    }

    private void drop(FwdStream stream, Throwable failure) {
        Work now;
        Work next;
        do {
            now = work.get();
            FwdStream[] rest = Arrays.stream(now.streams).filter(s -> s != stream)
                    .toArray(FwdStream[]::new);
            if (rest.length == now.streams.length) {
                return;
            }
            next = new Work(now.engine, rest, now.recordStalls);
        } while (!work.compareAndSet(now, next));
        failures.streamFailed(stream, failure);
    }
}
