// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.Forwarder.Drained;
import io.hotbus.testpmd.internal.engine.TestFrame;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Takes packets off receive queues that no lcore serves, and frees them. On a control thread. */
final class RxDrain {
    private static final int BURST = 32;
    private static final long IDLE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private final MempoolCaches caches;
    private final long[] mbufs = new long[BURST];
    private final BitSet numbers = new BitSet();
    private long packets;

    RxDrain(MempoolCaches caches) {
        this.caches = caches;
    }

    /**
     * Drains the queues, but at most {@code limit} packets from each: some queues never get empty.
     */
    void flush(Collection<Port> ports, int limit) {
        for (Port port : ports) {
            for (int queue = 0; queue < port.rxQueueCount(); queue++) {
                int taken = 0;
                int n;
                do {
                    n = take(port, queue);
                    taken += n;
                } while (n != 0 && taken < limit);
            }
        }
    }

    /** Drains the queues until {@code wanted} packets came or the deadline has passed. */
    Drained collect(Collection<Port> ports, long wanted, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (packets < wanted && System.nanoTime() - deadline < 0) {
            int n = 0;
            for (Port port : ports) {
                for (int queue = 0; queue < port.rxQueueCount(); queue++) {
                    n += take(port, queue);
                }
            }
            if (n == 0) {
                LockSupport.parkNanos(IDLE_NANOS);
            }
        }
        return new Drained(packets, numbers.cardinality());
    }

    private int take(Port port, int queue) {
        int n = port.rxQueue(queue).burst(caches, mbufs, BURST);
        for (int i = 0; i < n; i++) {
            long number = TestFrame.txFirstNumber(mbufs[i]);
            if (number >= 0 && number < Integer.MAX_VALUE) {
                numbers.set((int) number);
            }
        }
        caches.free(mbufs, 0, n);
        packets += n;
        return n;
    }
}
