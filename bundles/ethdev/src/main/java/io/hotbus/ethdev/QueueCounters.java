// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collection;

/**
 * The software counters of one queue of a driver.
 *
 * <p>The {@code add} methods are for the queue's own thread. Each costs a load and a store, and no
 * fence. All other methods are for any thread, and see the counts a moment late. The counts only go
 * up: {@link #reset} remembers them and subtracts them later, so it never disturbs the queue's
 * thread. The counts stay right when the device is gone (see {@link EthDev#statsOutliveDevice}). A
 * driver keeps one object for each queue index as long as the device exists, so that setting up a
 * queue again loses no counts.
 */
public final class QueueCounters {
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    /** Keeps the counts a pair of cache lines away from those of another thread's queue. */
    private static final int PAD = 16;
    private static final int PACKETS = PAD;
    private static final int BYTES = PAD + 1;
    private static final int ERRORS = PAD + 2;
    private static final int NO_MBUF = PAD + 3;
    private static final int COUNTS = 4;

    private final long[] counts = new long[PAD + COUNTS + PAD];
    /** The counts at the last reset, at the same indices. */
    private final long[] base = new long[PAD + COUNTS];

    /** Counts packets that were received or sent, and their bytes. The queue's thread. */
    public void add(long packets, long bytes) {
        increase(PACKETS, packets);
        increase(BYTES, bytes);
    }

    /** Counts packets that were lost by an error. The queue's thread. */
    public void addErrors(long packets) {
        increase(ERRORS, packets);
    }

    /** Counts that no receive buffer was available. The queue's thread. */
    public void addNoMbuf() {
        increase(NO_MBUF, 1);
    }

    private void increase(int index, long by) {
        LONGS.setOpaque(counts, index, counts[index] + by);
    }

    /** Packets received or sent, since the last reset. */
    public long packets() {
        return sinceReset(PACKETS);
    }

    /** Bytes received or sent, since the last reset. */
    public long bytes() {
        return sinceReset(BYTES);
    }

    /** Packets lost by an error, since the last reset. */
    public long errors() {
        return sinceReset(ERRORS);
    }

    /** Times no receive buffer was available, since the last reset. */
    public long noMbuf() {
        return sinceReset(NO_MBUF);
    }

    private long sinceReset(int index) {
        long since = (long) LONGS.getVolatile(base, index);
        return (long) LONGS.getOpaque(counts, index) - since;
    }

    /** Counts from zero from now on. Control threads, one at a time. */
    public void reset() {
        for (int index = PAD; index < PAD + COUNTS; index++) {
            LONGS.setVolatile(base, index, (long) LONGS.getOpaque(counts, index));
        }
    }

    /**
     * The statistics of a device with these queues.
     *
     * @param missed packets the device itself dropped (see {@link EthStats}); 0 if it cannot
     */
    public static EthStats total(
            Collection<QueueCounters> rx, Collection<QueueCounters> tx, long missed) {
        long[] sum = new long[7];
        for (QueueCounters queue : rx) {
            sum[0] += queue.packets();
            sum[1] += queue.bytes();
            sum[2] += queue.errors();
            sum[3] += queue.noMbuf();
        }
        for (QueueCounters queue : tx) {
            sum[4] += queue.packets();
            sum[5] += queue.bytes();
            sum[6] += queue.errors();
        }
        return new EthStats(sum[0], sum[1], sum[2], missed, sum[3], sum[4], sum[5], sum[6]);
    }
}
