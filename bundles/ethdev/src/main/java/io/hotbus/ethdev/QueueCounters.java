// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collection;

/**
 * What a driver counts for one of its queues, in software.
 *
 * <p>The {@code add} methods are for the queue's own thread and cost a load and a store each, no
 * fence; everything else is for any thread, and sees the counts a moment late. Counts only ever go
 * up: a {@link #reset} remembers them and subtracts, so that it never disturbs the queue's thread.
 * They stay right when the device is gone (see {@link EthDev#statsOutliveDevice}). A driver keeps
 * one for each queue index for as long as it lives, so that setting up a queue again loses nothing.
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

    /** Packets that were received or sent, and the bytes in them. The queue's thread. */
    public void add(long packets, long bytes) {
        increase(PACKETS, packets);
        increase(BYTES, bytes);
    }

    /** Packets that were lost by an error. The queue's thread. */
    public void addErrors(long packets) {
        increase(ERRORS, packets);
    }

    /** Once more a receive buffer could not be had. The queue's thread. */
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

    /** Bytes in these. */
    public long bytes() {
        return sinceReset(BYTES);
    }

    /** Packets lost by an error, since the last reset. */
    public long errors() {
        return sinceReset(ERRORS);
    }

    /** Times a receive buffer could not be had, since the last reset. */
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
     * @param missed packets the device itself dropped (see {@link EthStats}); 0 where it cannot
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
