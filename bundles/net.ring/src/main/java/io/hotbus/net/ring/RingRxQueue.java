// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.ring;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.ring.LongRing;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.pmd.eth.QueueSetup;

/** Receives packets from a ring. */
final class RingRxQueue implements RxQueue {
    private final LongRing ring;
    private final int port;
    private final QueueCounters counters;

    RingRxQueue(LongRing ring, QueueSetup setup) {
        this.ring = ring;
        this.port = setup.portId();
        this.counters = setup.counters();
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        int n = ring.poll(mbufs, 0, count);
        if (n == 0) {
            return 0;
        }
        long bytes = 0;
        for (int i = 0; i < n; i++) {
            bytes += Mbuf.length(mbufs[i]);
            Mbuf.setPort(mbufs[i], port);
        }
        caches.hold(caches.holder(), mbufs, 0, n);
        counters.add(n, bytes);
        return n;
    }
}
