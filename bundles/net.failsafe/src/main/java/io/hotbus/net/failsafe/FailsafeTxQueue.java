// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.members.Gate;
import io.hotbus.pmd.members.WaitingPackets;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sends through one sub-device. When that is gone, the packets that it has not reported as sent are
 * taken back and sent again, in order and before any other, through the next one.
 *
 * <p>The lcore that finds the device gone does that by itself, at once. Otherwise a control thread
 * does it, which {@linkplain #hold holds} the queue meanwhile. A packet that the device has sent
 * without a report is sent twice.
 */
final class FailsafeTxQueue implements TxQueue {
    private static final VarHandle TARGET;
    /** Packets that are sent through another device in one burst. */
    private static final int CHUNK = 64;
    /** How long a control thread waits for room in the ring of the next device. */
    private static final long FLUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    static {
        try {
            TARGET = MethodHandles.lookup()
                    .findVarHandle(FailsafeTxQueue.class, "target", Target.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * What is sent through.
     *
     * @param port  a started port
     * @param queue its queue, as its driver made it
     */
    private record Target(Port port, TxQueue queue) {
        boolean isThere() {
            return !port.isRemoved() && !queue.isGone();
        }
    }

    private final int index;
    private final Gate gate;
    private final boolean replay;
    private final Supplier<Port[]> senders;
    private final Supplier<List<Port>> used;
    private final WaitingPackets waiting;
    /** Null if there is none, or a control thread holds the queue. */
    private volatile Target target;
    private final long[] chunk = new long[CHUNK];

    /**
     * @param capacity how many packets can be taken back
     * @param replay   whether packets are sent again
     * @param senders  the ports to send through, the preferred one first; any thread
     * @param used     the ports that may have packets of this queue; control threads
     * @param replayed counts the packets that are sent again
     */
    FailsafeTxQueue(int index, int capacity, Gate gate, boolean replay,
            Supplier<Port[]> senders, Supplier<List<Port>> used, QueueCounters replayed) {
        this.index = index;
        this.waiting = new WaitingPackets(capacity, replayed);
        this.gate = gate;
        this.replay = replay;
        this.senders = senders;
        this.used = used;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        gate.enter();
        Target to = target;
        int sent = 0;
        if (to != null && waiting.isEmpty()) {
            sent = to.queue.burst(caches, mbufs, count);
        }
        if (sent < count) {
            sent += sendLate(to, caches, mbufs, sent, count);
        }
        gate.leave();
        return sent;
    }

    /**
     * Sends what waits, then the packets from {@code begin} on, through the ports that are left.
     * Returns how many of the latter it sent.
     */
    private int sendLate(Target first, MempoolCaches caches, long[] mbufs, int begin, int count) {
        int sent = begin;
        Target to = first;
        while (to != null) {
            if (!waiting.isEmpty() && flush(to.queue, caches)) {
                sent += send(to.queue, caches, mbufs, sent, count);
            }
            if (sent == count && waiting.isEmpty() || to.isThere()) {
                break;
            }
            Target next = next();
            if (!TARGET.compareAndSet(this, to, next)) {
                break; // a control thread is about to do the same
            }
            takeBack(to.port, caches);
            if (next != null && waiting.isEmpty()) {
                sent += send(next.queue, caches, mbufs, sent, count);
            }
            to = next;
        }
        return sent - begin;
    }

    /** The preferred port that is there, or null. */
    private Target next() {
        for (Port port : senders.get()) {
            Target to = new Target(port, port.txQueue(index));
            if (to.isThere()) {
                return to;
            }
        }
        return null;
    }

    private int send(TxQueue queue, MempoolCaches caches, long[] mbufs, int begin, int count) {
        int sent = begin;
        int taken;
        do {
            int part = Math.min(CHUNK, count - sent);
            System.arraycopy(mbufs, sent, chunk, 0, part);
            taken = queue.burst(caches, chunk, part);
            sent += taken;
        } while (taken == CHUNK);
        return sent - begin;
    }

    /** Takes back what {@code gone} has not sent, to be sent before what waits already. */
    private void takeBack(Port gone, MempoolCaches caches) {
        if (replay) {
            waiting.putFirst((mbufs, count) -> gone.takeBack(index, caches, mbufs, count));
        }
    }

    /** Sends what waits. Returns whether nothing waits now. */
    private boolean flush(TxQueue queue, MempoolCaches caches) {
        return waiting.send((mbufs, count) -> queue.burst(caches, mbufs, count));
    }

    /**
     * Takes no packets from the next burst on, until {@link #resume}. A control thread, one at a
     * time, which then awaits the present burst.
     */
    void hold() {
        target = null;
    }

    /** See {@link Gate#await}. */
    boolean awaitBurst() {
        return gate.await();
    }

    /**
     * Ends the hold: sends through the preferred port that is there, first what waits. Waits a
     * little for room.
     *
     * @param leaving the port whose packets are taken back, or null
     */
    synchronized void resume(Port leaving, MempoolCaches caches) {
        if (leaving != null) {
            takeBack(leaving, caches);
        }
        Target to = next();
        long begin = System.nanoTime();
        while (to != null && !flush(to.queue, caches) && to.isThere()
                && System.nanoTime() - begin < FLUSH_NANOS) {
            Thread.onSpinWait();
        }
        target = to;
    }

    /** Ends the hold although a burst has not ended. */
    void resumeInBurst() {
        target = next();
    }

    /** What no sub-device has sent, for a port that stands on this one and lets go of it. */
    @Override
    public synchronized int takeBack(MempoolCaches caches, long[] mbufs, int count) {
        return waiting.takeBack(replay ? used.get() : List.of(),
                (port, part, most) -> port.takeBack(index, caches, part, most), mbufs, count);
    }

    @Override
    public boolean isKeeping() {
        return target == null && !waiting.isEmpty();
    }

    @Override
    public synchronized int takeKept(MempoolCaches caches, long[] mbufs, int count) {
        return next() != null ? 0 : waiting.takeBack(List.of(), (port, part, most) -> 0,
                mbufs, count);
    }

    /** Whether packets wait to be sent again. Any thread; the answer may be late. */
    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Gives back what waits. A control thread, while there are no bursts. */
    synchronized int discard(MempoolCaches caches) {
        return waiting.discard(caches);
    }
}
