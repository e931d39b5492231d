// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.ring.SpscRing;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.members.Gate;
import io.hotbus.pmd.members.WaitingPackets;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Sends through the members of a bond. A control thread changes these while it {@linkplain #hold
 * holds} the queue. What a member that is gone has not reported as sent is sent again through the
 * others.
 *
 * <p>Frames of LACP come from a control thread by a ring, and go with the next burst.
 */
final class BondTxQueue implements TxQueue {
    /** Takes back packets of a queue of a member: {@link Port#takeBack}. */
    @FunctionalInterface
    interface Taker {
        int take(Port port, int index, MempoolCaches caches, long[] mbufs, int count);
    }

    /** Frames of LACP under way. */
    private static final int SLOW_FRAMES = 64;

    private final int index;
    private final Gate gate;
    /** The packets that were sent again; as errors, what a member of a broadcast did not take. */
    private final QueueCounters counters;
    private final Supplier<List<Port>> used;
    private final Predicate<Port> broadcasts;
    private final SpscRing slowFrames = new SpscRing(SLOW_FRAMES);
    private final ArpRing arps = new ArpRing();
    private final long[] one = new long[1];
    private final WaitingPackets waiting;
    /** Null while a control thread holds the queue. */
    private volatile Route route;
    /** Whether there may be frames of LACP to send. */
    private volatile boolean slow;

    /**
     * @param capacity   how many packets can be taken back
     * @param used       the ports that may have packets of this queue; control threads
     * @param broadcasts whether a port has packets of broadcasts alone; control threads
     */
    BondTxQueue(int index, int capacity, Gate gate, QueueCounters counters,
            Supplier<List<Port>> used, Predicate<Port> broadcasts) {
        this.index = index;
        this.waiting = new WaitingPackets(capacity, counters);
        this.gate = gate;
        this.counters = counters;
        this.used = used;
        this.broadcasts = broadcasts;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        gate.enter();
        Route to = route;
        int sent = 0;
        if (to != null) {
            if (slow) {
                sendSlowFrames(to, caches);
            }
            if (waiting.isEmpty() || flush(to, caches)) {
                sent = to.send(caches, mbufs, count);
            }
        }
        gate.leave();
        return sent;
    }

    /** Has a frame sent through the member whose number is its user data. A control thread. */
    boolean offerSlowFrame(long mbuf) {
        boolean offered = slowFrames.offer(new long[] {mbuf}, 0, 1) == 1;
        slow = true;
        return offered;
    }

    /** Whether a frame of LACP still waits for a burst. Any thread. */
    boolean hasSlowFrames() {
        return slowFrames.size() > 0;
    }

    private void sendSlowFrames(Route to, MempoolCaches caches) {
        slow = false;
        while (slowFrames.poll(one, 0, 1) == 1) {
            TxQueue queue = to.queueOf((int) Mbuf.userData(one[0]));
            if (queue == null || queue.burst(caches, one, 1) == 0) {
                caches.free(one, 0, 1);
            }
        }
    }

    /** Sends what waits. Returns whether nothing waits now. */
    private boolean flush(Route to, MempoolCaches caches) {
        return waiting.send((mbufs, count) -> to.send(caches, mbufs, count));
    }

    /**
     * Takes no packets from the next burst on, until {@link #resume}. A control thread, one at a
     * time, which then awaits the present burst.
     */
    void hold() {
        route = null;
    }

    /** See {@link Gate#await}. */
    boolean awaitBurst() {
        return gate.await();
    }

    /**
     * Ends the hold: uses the members of {@code plan}; sends first what waits.
     *
     * @param leaving the port whose packets are taken back, or null
     * @param taker   takes them back
     */
    void resume(Plan plan, Port leaving, Taker taker, MempoolCaches caches) {
        Route to = Route.of(plan, index, counters, arps);
        if (leaving != null) {
            takeBack(to, leaving, taker, caches);
        }
        sendSlowFrames(to, caches);
        flush(to, caches);
        route = to;
    }

    /** Ends the hold although a burst has not ended. */
    void resumeInBurst(Plan plan) {
        route = Route.of(plan, index, counters, arps);
    }

    /** Takes back what {@code from} has not sent, to be sent before what waits already. */
    private void takeBack(Route to, Port from, Taker taker, MempoolCaches caches) {
        waiting.putFirst((mbufs, count) -> {
            int kept = take(from, taker, caches, mbufs, count);
            to.takenBack(from, mbufs, kept);
            return kept;
        });
    }

    /** Takes back what is to be sent again; returns how many packets these are. */
    private int take(Port from, Taker taker, MempoolCaches caches, long[] mbufs, int count) {
        boolean broadcast = broadcasts.test(from);
        int taken = taker.take(from, index, caches, mbufs, count);
        int kept = 0;
        for (int i = 0; i < taken; i++) {
            mbufs[kept] = mbufs[i];
            if (isSlow(mbufs[i]) || broadcast && hasAnother(mbufs[i])) {
                caches.free(mbufs, kept, 1);
            } else {
                kept++;
            }
        }
        return kept;
    }

    /** Whether it is a frame of LACP, which describes the member that was to send it. */
    private static boolean isSlow(long mbuf) {
        return Fields.get16(Mbuf.data(mbuf) + Fields.TYPE) == LacpPdu.ETHER_TYPE;
    }

    /** Whether another member has the packet, or has sent it. This one has it no more. */
    private static boolean hasAnother(long mbuf) {
        int others = Math.max(0, Mbuf.copies(mbuf) - 1);
        Mbuf.setCopies(mbuf, others);
        return others > 0;
    }

    /** What no member has sent, for a port that stands on the bond and lets go of it. */
    @Override
    public int takeBack(MempoolCaches caches, long[] mbufs, int count) {
        return waiting.takeBack(used.get(), (port, part, most) ->
                take(port, Port::takeBack, caches, part, most), mbufs, count);
    }

    /** What is sent of ARP in mode 6, for a control thread. */
    ArpRing arps() {
        return arps;
    }

    /** Whether packets wait to be sent again. Any thread; the answer may be late. */
    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Gives back what waits; returns how many. A control thread, while there are no bursts. */
    int discard(MempoolCaches caches) {
        while (slowFrames.poll(one, 0, 1) == 1) {
            caches.free(one, 0, 1);
        }
        return waiting.discard(caches);
    }
}
