// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.null_;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.pmd.eth.QueueSetup;

/** Receives as many packets as the caller asks for: buffers of the pool, marked as packets. */
final class NullRxQueue implements RxQueue {
    private final int size;
    private final int port;
    private final Mempool pool;
    private final QueueCounters counters;
    /** The bytes to copy into each packet; null if its bytes are left as they are. */
    private final byte[] dummy;

    NullRxQueue(NullArgs args, QueueSetup setup) {
        this.size = args.size();
        this.port = setup.portId();
        this.pool = setup.pool();
        this.counters = setup.counters();
        this.dummy = args.copy() ? new byte[args.size()] : null;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        int n = caches.of(pool).get(mbufs, 0, count);
        for (int i = 0; i < n; i++) {
            Mbuf.received(mbufs[i], size, port);
        }
        if (dummy != null) {
            for (int i = 0; i < n; i++) {
                RawMemory.copy(dummy, 0, Mbuf.data(mbufs[i]), size);
            }
        }
        if (n < count) {
            counters.addNoMbuf();
        }
        counters.add(n, (long) n * size);
        return n;
    }
}
