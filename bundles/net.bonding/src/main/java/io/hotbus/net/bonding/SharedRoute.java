// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;

/** Shares packets out by their headers or in turn, or sends them through all members. */
final class SharedRoute extends Route {
    private final BondMode mode;
    private final XmitPolicy policy;
    private final Port[] spares;
    private final TxQueue[] spareQueues;
    private final long[][] shares;
    private final int[] shareCounts;
    /** Where the packets of a share came from. */
    private final byte[] choice = new byte[CHUNK];
    private final long[] rest = new long[CHUNK];
    private final QueueCounters counters;
    private int turn;

    /** See {@link Route#of}. */
    SharedRoute(Plan plan, int index, QueueCounters counters) {
        super(plan, index);
        this.counters = counters;
        this.mode = plan.mode();
        this.policy = plan.policy();
        this.spares = plan.spares().toArray(Port[]::new);
        this.spareQueues = queues(plan.spares(), index);
        this.shares = new long[queues.length][CHUNK];
        this.shareCounts = new int[queues.length];
    }

    @Override
    int send(MempoolCaches caches, long[] mbufs, int count) {
        if (queues.length == 1 && mode != BondMode.BROADCAST) {
            int sent = queues[0].burst(caches, mbufs, count);
            return sent == count || isThere(ports[0], queues[0]) ? sent
                    : sent + sendElsewhere(caches, mbufs, sent, count);
        }
        int sent = 0;
        if (queues.length > 0) {
            int part;
            int taken;
            do {
                part = Math.min(CHUNK, count - sent);
                taken = mode == BondMode.BROADCAST ? sendToAll(caches, mbufs, sent, part)
                        : share(caches, mbufs, sent, part);
                sent += taken;
            } while (part == CHUNK && taken == part);
        }
        return sent == count ? sent : sent + sendElsewhere(caches, mbufs, sent, count);
    }

    /** Sends what is left through another member, if one that should have sent it is gone. */
    private int sendElsewhere(MempoolCaches caches, long[] mbufs, int begin, int count) {
        return anyGone() ? sendThroughOthers(caches, mbufs, begin, count) : 0;
    }

    private boolean anyGone() {
        for (int i = 0; i < queues.length; i++) {
            if (!isThere(ports[i], queues[i])) {
                return mode != BondMode.BROADCAST;
            }
        }
        return false;
    }

    private int sendThroughOthers(MempoolCaches caches, long[] mbufs, int begin, int count) {
        int sent = begin;
        for (int i = 0; i < queues.length + spareQueues.length && sent < count; i++) {
            Port port = i < queues.length ? ports[i] : spares[i - queues.length];
            TxQueue queue = i < queues.length ? queues[i] : spareQueues[i - queues.length];
            if (isThere(port, queue)) {
                sent += sendAll(queue, caches, mbufs, sent, count);
            }
        }
        return sent - begin;
    }

    private int sendAll(TxQueue queue, MempoolCaches caches, long[] mbufs, int begin, int count) {
        int sent = begin;
        int part;
        int taken;
        do {
            part = Math.min(CHUNK, count - sent);
            System.arraycopy(mbufs, sent, rest, 0, part);
            taken = queue.burst(caches, rest, part);
            sent += taken;
        } while (taken == CHUNK);
        return sent - begin;
    }

    /** Shares out packets; puts those that were not taken behind the others, in order. */
    private int share(MempoolCaches caches, long[] mbufs, int begin, int count) {
        for (int i = 0; i < count; i++) {
            int at = mode.hashes()
                    ? XmitPolicy.choose(policy.hash(mbufs[begin + i]), queues.length) : next();
            choice[i] = (byte) at;
            shares[at][shareCounts[at]++] = mbufs[begin + i];
        }
        int taken = 0;
        for (int i = 0; i < queues.length; i++) {
            int given = shareCounts[i];
            int took = given == 0 ? 0 : queues[i].burst(caches, shares[i], given);
            taken += took;
            shareCounts[i] = took;
        }
        if (taken < count) {
            sortOut(mbufs, begin, count, taken);
        }
        for (int i = 0; i < queues.length; i++) {
            shareCounts[i] = 0;
        }
        return taken;
    }

    private int next() {
        turn = turn + 1 == queues.length ? 0 : turn + 1;
        return turn;
    }

    /** The first packets of each share were taken, as many as {@link #shareCounts} says. */
    private void sortOut(long[] mbufs, int begin, int count, int taken) {
        int front = begin;
        int back = 0;
        for (int i = 0; i < count; i++) {
            long mbuf = mbufs[begin + i];
            if (shareCounts[choice[i]] > 0) {
                shareCounts[choice[i]]--;
                mbufs[front++] = mbuf;
            } else {
                rest[back++] = mbuf;
            }
        }
        System.arraycopy(rest, 0, mbufs, begin + taken, back);
    }

    /**
     * Sends packets through all members. Those that at least one takes count as sent, and know how
     * many have taken them.
     */
    private int sendToAll(MempoolCaches caches, long[] mbufs, int begin, int count) {
        for (int i = 0; i < count; i++) {
            Mbuf.setCopies(mbufs[begin + i], queues.length);
            Mbuf.retain(mbufs[begin + i], queues.length - 1);
        }
        int most = 0;
        for (int i = 0; i < queues.length; i++) {
            System.arraycopy(mbufs, begin, shares[i], 0, count);
            shareCounts[i] = queues[i].burst(caches, shares[i], count);
            most = Math.max(most, shareCounts[i]);
        }
        for (int i = 0; i < queues.length; i++) {
            System.arraycopy(mbufs, begin, rest, 0, count);
            for (int at = shareCounts[i]; at < most; at++) {
                Mbuf.setCopies(rest[at], Mbuf.copies(rest[at]) - 1);
            }
            caches.free(rest, shareCounts[i], most - shareCounts[i]);
            counters.addErrors(most - shareCounts[i]);
            shareCounts[i] = 0;
        }
        for (int i = 1; i < queues.length; i++) {
            System.arraycopy(mbufs, begin, rest, 0, count);
            caches.free(rest, most, count - most);
        }
        return most;
    }
}
