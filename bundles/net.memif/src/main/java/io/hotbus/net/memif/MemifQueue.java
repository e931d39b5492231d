// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.ethdev.QueueCounters;
import io.hotbus.pmd.eth.QueueSetup;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A queue, which has a ring while a peer is connected. A connection may end while an lcore polls
 * the queue, and its memory is unmapped only when no burst uses it: each burst {@linkplain #enter
 * enters} before it looks for the ring, and the end of a connection waits until it has left.
 */
abstract class MemifQueue {
    private static final VarHandle PHASE;
    private static final VarHandle RING;
    private static final long PAUSE_NANOS = 20_000;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PHASE = lookup.findVarHandle(MemifQueue.class, "phase", long.class);
            RING = lookup.findVarHandle(MemifQueue.class, "ring", Ring.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Counts what the queue has received or sent. */
    protected final QueueCounters counters;
    /** Begins and ends of bursts: odd during a burst. Written by the thread of the burst. */
    private long phase;
    private Ring ring;

    MemifQueue(QueueSetup setup) {
        this.counters = setup.counters();
    }

    /**
     * Begins a burst. Returns the ring; null if there is none. The full fence of the volatile store
     * orders it before the load of the ring, as {@link #disconnect} and {@link #awaitBurst} order
     * the opposite pair.
     */
    protected final Ring enter() {
        PHASE.setVolatile(this, phase + 1);
        return (Ring) RING.getVolatile(this);
    }

    /** Ends a burst. */
    protected final void leave() {
        PHASE.setRelease(this, phase + 1);
    }

    /** Uses {@code next} from the next burst on. */
    final void connect(Ring next) {
        RING.setVolatile(this, next);
    }

    /** Uses no ring from the next burst on. */
    final void disconnect() {
        RING.setVolatile(this, (Ring) null);
    }

    /** Waits until the burst that runs now, if any, has ended. Not on the thread of the burst. */
    final void awaitBurst() {
        long now = (long) PHASE.getVolatile(this);
        while ((now & 1) != 0 && (long) PHASE.getVolatile(this) == now) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
