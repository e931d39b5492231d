// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.ring;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.ring.LongRing;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.eth.PacketCopier;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * Sends packets to a ring; packets that the ring has no room for stay with the caller. A packet
 * whose buffers have other references is copied, because its receiver may write to it.
 */
final class RingTxQueue implements TxQueue {
    private final LongRing ring;
    private final QueueCounters counters;
    private final PacketCopier copier;
    private final String label;
    private final long[] one = new long[1];

    /** {@code label} names the holder of the packets in the ring. */
    RingTxQueue(LongRing ring, QueueSetup setup, String label) {
        this.ring = ring;
        this.counters = setup.counters();
        this.copier = new PacketCopier(setup.pool());
        this.label = label;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        long bytes = 0;
        boolean plain = true;
        for (int i = 0; i < count; i++) {
            bytes += Mbuf.length(mbufs[i]);
            plain &= Mbuf.isPlain(mbufs[i]);
        }
        if (!plain) {
            return sendOneByOne(caches, mbufs, count);
        }
        int sent = offer(caches, mbufs, 0, count);
        for (int i = sent; i < count; i++) {
            bytes -= Mbuf.length(mbufs[i]);
        }
        counters.add(sent, bytes);
        return sent;
    }

    /** Adds packets to the ring. A packet that was added belongs to the receiver at once. */
    private int offer(MempoolCaches caches, long[] mbufs, int from, int count) {
        caches.hold(label, mbufs, from, count);
        int sent = ring.offer(mbufs, from, count);
        caches.hold(caches.holder(), mbufs, from + sent, count - sent);
        return sent;
    }

    private int sendOneByOne(MempoolCaches caches, long[] mbufs, int count) {
        int sent = 0;
        long bytes = 0;
        while (sent < count) {
            long packet = mbufs[sent];
            int length = Mbuf.length(packet);
            boolean added = isShared(packet) ? sendCopy(caches, packet)
                    : offer(caches, mbufs, sent, 1) == 1;
            if (!added) {
                break;
            }
            bytes += length;
            sent++;
        }
        counters.add(sent, bytes);
        return sent;
    }

    private static boolean isShared(long packet) {
        long segment = packet;
        boolean shared = Mbuf.references(segment) > 1;
        for (int left = Mbuf.segments(packet) - 1; left > 0 && !shared; left--) {
            segment = Mbuf.next(segment);
            shared = Mbuf.references(segment) > 1;
        }
        return shared;
    }

    private boolean sendCopy(MempoolCaches caches, long packet) {
        one[0] = copier.copy(caches, packet);
        if (one[0] == 0) {
            return false;
        }
        boolean added = offer(caches, one, 0, 1) == 1;
        if (added) {
            one[0] = packet;
        }
        caches.free(one, 0, 1);
        return added;
    }
}
