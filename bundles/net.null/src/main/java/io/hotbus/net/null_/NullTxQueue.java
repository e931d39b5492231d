// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.null_;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.eth.QueueSetup;

/** Accepts every packet and gives its buffer back. */
final class NullTxQueue implements TxQueue {
    private final QueueCounters counters;
    /** Receives copies of the packets' bytes; null if nothing is copied. */
    private final byte[] dummy;

    NullTxQueue(NullArgs args, QueueSetup setup) {
        this.counters = setup.counters();
        this.dummy = args.copy() ? new byte[setup.pool().dataRoom() + Mbuf.HEADROOM] : null;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += Mbuf.length(mbufs[i]);
        }
        if (dummy != null) {
            for (int i = 0; i < count; i++) {
                copy(mbufs[i]);
            }
        }
        caches.free(mbufs, 0, count);
        counters.add(count, bytes);
        return count;
    }

    private void copy(long packet) {
        long segment = packet;
        for (int left = Mbuf.segments(packet); left > 0; left--) {
            RawMemory.copy(Mbuf.data(segment), dummy, 0,
                    Math.min(dummy.length, Mbuf.segmentLength(segment)));
            segment = Mbuf.next(segment);
        }
    }
}
