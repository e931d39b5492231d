// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.ring.SpscRing;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import java.util.function.LongSupplier;

/**
 * Packets that a control thread has received from a queue that no lcore polled, for the next burst.
 * Bursts and the other methods exclude each other by the gate of the queue.
 */
final class IdleRx implements RxQueue {
    /** Packets that are kept. */
    static final int PACKETS = 256;
    /** So many calls of {@link #isIdle} without a burst between make a queue idle. */
    private static final int IDLE_LOOKS = 5;
    private static final int BATCH = 32;
    /** So many are received at once at most. */
    private static final int BATCHES = 16;

    private final LongSupplier passes;
    private final QueueCounters dropped;
    private final SpscRing kept = new SpscRing(PACKETS);
    private final long[] mbufs = new long[BATCH];
    private long seen = -1;
    private int looks;

    /**
     * Creates it, without packets.
     *
     * @param passes  a number that each burst changes
     * @param dropped counts as errors the packets that do not fit
     */
    IdleRx(LongSupplier passes, QueueCounters dropped) {
        this.passes = passes;
        this.dropped = dropped;
    }

    /** Whether there were no bursts for some time. A control thread. */
    boolean isIdle() {
        long now = passes.getAsLong();
        looks = now == seen ? looks + 1 : 0;
        seen = now;
        return looks >= IDLE_LOOKS;
    }

    /** Receives from {@code queue} and keeps the packets. A control thread. */
    void poll(RxQueue queue, MempoolCaches caches) {
        int count = BATCH;
        for (int i = 0; i < BATCHES && count == BATCH; i++) {
            count = queue.burst(caches, mbufs, BATCH);
            int fitted = kept.offer(mbufs, 0, count);
            caches.free(mbufs, fitted, count - fitted);
            dropped.addErrors(count - fitted);
        }
    }

    @Override
    public int burst(MempoolCaches caches, long[] packets, int count) {
        return kept.poll(packets, 0, count);
    }

    /** Gives back what is kept. A control thread, while there are no bursts. */
    void discard(MempoolCaches caches) {
        int count;
        while ((count = kept.poll(mbufs, 0, BATCH)) > 0) {
            caches.free(mbufs, 0, count);
        }
    }
}
