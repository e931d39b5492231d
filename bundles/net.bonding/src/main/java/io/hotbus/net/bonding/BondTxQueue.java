// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.ring.SpscRing;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.members.Gate;
import java.util.List;
import java.util.function.Supplier;

/**
 * Sends through the members of a bond. A control thread changes these while it {@linkplain #hold
 * holds} the queue. What a member that is gone has not reported as sent is sent again through the
 * others.
 *
 * <p>Frames of LACP come from a control thread by a ring, and go with the next burst.
 */
final class BondTxQueue implements TxQueue {
    /** Frames of LACP under way. */
    private static final int SLOW_FRAMES = 64;

    private final int index;
    private final Gate gate;
    /** The packets that were sent again; as errors, what a member of a broadcast did not take. */
    private final QueueCounters counters;
    private final Supplier<List<Port>> used;
    private final SpscRing slowFrames = new SpscRing(SLOW_FRAMES);
    private final ArpRing arps = new ArpRing();
    private final long[] one = new long[1];
    /** Null while a control thread holds the queue. */
    private volatile Route route;
    /** Whether there may be frames of LACP to send. */
    private volatile boolean slow;
    /** The packets to send again, in order: {@code waiting} of them from {@code head} on. */
    private final long[] packets;
    private final long[] chunk = new long[Route.CHUNK];
    private int head;
    private int waiting;

    /**
     * @param capacity how many packets can be taken back
     * @param used     the ports that may have packets of this queue; control threads
     */
    BondTxQueue(int index, int capacity, Gate gate, QueueCounters counters,
            Supplier<List<Port>> used) {
        this.index = index;
        this.packets = new long[capacity];
        this.gate = gate;
        this.counters = counters;
        this.used = used;
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
            if (waiting == 0 || flush(to, caches)) {
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

    private boolean flush(Route to, MempoolCaches caches) {
        boolean took = true;
        while (waiting > 0 && took) {
            int part = Math.min(chunk.length, waiting);
            System.arraycopy(packets, head, chunk, 0, part);
            long bytes = bytes(part);
            int sent = to.send(caches, chunk, part);
            System.arraycopy(chunk, sent, packets, head + sent, part - sent);
            for (int i = sent; i < part; i++) {
                bytes -= Mbuf.length(chunk[i]);
            }
            counters.add(sent, bytes);
            head += sent;
            waiting -= sent;
            took = sent == part;
        }
        return waiting == 0;
    }

    private long bytes(int count) {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += Mbuf.length(chunk[i]);
        }
        return bytes;
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
     */
    void resume(Plan plan, Port leaving, MempoolCaches caches) {
        Route to = Route.of(plan, index, counters, arps);
        if (leaving != null) {
            boolean others = plan.mode() == BondMode.BROADCAST && !plan.senders().isEmpty();
            takeBack(to, others, leaving, caches);
        }
        sendSlowFrames(to, caches);
        flush(to, caches);
        route = to;
    }

    /** Ends the hold although a burst has not ended. */
    void resumeInBurst(Plan plan) {
        route = Route.of(plan, index, counters, arps);
    }

    /**
     * Takes back what {@code gone} has not sent, to be sent before what waits already.
     *
     * @param sentByOthers whether other members have sent the same packets
     */
    private void takeBack(Route to, boolean sentByOthers, Port gone, MempoolCaches caches) {
        int end = packets.length - waiting;
        System.arraycopy(packets, head, packets, end, waiting);
        int taken = gone.takeBack(index, caches, packets, end);
        if (sentByOthers) {
            caches.free(packets, 0, taken);
            taken = 0;
        }
        taken = withoutSlowFrames(packets, 0, taken, caches);
        to.takenBack(gone, packets, 0, taken);
        System.arraycopy(packets, end, packets, taken, waiting);
        head = 0;
        waiting += taken;
    }

    /** Drops frames of LACP, which describe the member that is gone; returns how many are left. */
    private static int withoutSlowFrames(long[] packets, int begin, int count,
            MempoolCaches caches) {
        int kept = begin;
        for (int i = begin; i < begin + count; i++) {
            packets[kept] = packets[i];
            if (Fields.get16(Mbuf.data(packets[i]) + Fields.TYPE) == LacpPdu.ETHER_TYPE) {
                caches.free(packets, kept, 1);
            } else {
                kept++;
            }
        }
        return kept - begin;
    }

    /** What no member has sent, for a port that stands on the bond and lets go of it. */
    @Override
    public int takeBack(MempoolCaches caches, long[] mbufs, int count) {
        int taken = 0;
        for (Port port : used.get()) {
            long[] part = new long[count - taken];
            int more = withoutSlowFrames(part, 0,
                    port.takeBack(index, caches, part, part.length), caches);
            System.arraycopy(part, 0, mbufs, taken, more);
            taken += more;
        }
        int more = Math.min(waiting, count - taken);
        System.arraycopy(packets, head, mbufs, taken, more);
        head += more;
        waiting -= more;
        return taken + more;
    }

    /** What is sent of ARP in mode 6, for a control thread. */
    ArpRing arps() {
        return arps;
    }

    /** Whether packets wait to be sent again. Any thread; the answer may be late. */
    boolean hasWaiting() {
        return waiting > 0;
    }

    /** Gives back what waits; returns how many. A control thread, while there are no bursts. */
    int discard(MempoolCaches caches) {
        while (slowFrames.poll(one, 0, 1) == 1) {
            caches.free(one, 0, 1);
        }
        int discarded = waiting;
        System.arraycopy(packets, head, packets, 0, waiting);
        caches.free(packets, 0, waiting);
        head = 0;
        waiting = 0;
        return discarded;
    }
}
