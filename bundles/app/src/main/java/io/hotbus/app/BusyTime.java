// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The time that an lcore spends in rounds that have packets. Written by it alone, without waiting;
 * read by any thread.
 *
 * <p>The clock is read after each round without packets, and not after others: an lcore that has
 * something to do in every round pays nothing. The end of a busy time is therefore noticed one
 * empty round too late; the shortest empty round so far is taken off again.
 */
final class BusyTime {
    private static final VarHandle PUBLISHED;

    static {
        try {
            PUBLISHED = MethodHandles.lookup().findVarHandle(
                    BusyTime.class, "published", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final LongSupplier clock;
    private final long begin;
    private final AtomicLong told = new AtomicLong();
    /** Of the lcore alone: busy times that are over, and when the last empty round ended. */
    private long sum;
    private long since;
    private long shortestEmpty = Long.MAX_VALUE;
    private boolean busy;
    /**
     * Twice the busy time; while busy, twice what it was at the time {@code begin}, and one more.
     */
    @SuppressWarnings("unused")
    private long published;

    /** {@code clock} is {@link System#nanoTime}. */
    BusyTime(LongSupplier clock) {
        this.clock = clock;
        this.begin = clock.getAsLong();
    }

    /** A round has ended. On the lcore. */
    void round(boolean hadPackets) {
        if (!hadPackets) {
            empty(now());
        } else if (!busy) {
            busy = true;
            PUBLISHED.setOpaque(this, 2 * (sum - since) + 1);
        }
    }

    private long now() {
        return clock.getAsLong() - begin;
    }

    private void empty(long now) {
        final long took = now - since;
        if (busy) {
            busy = false;
            sum += shortestEmpty < took ? took - shortestEmpty : took;
            PUBLISHED.setOpaque(this, 2 * sum);
        } else {
            shortestEmpty = Math.min(shortestEmpty, took);
        }
        since = now;
    }

    /** The lcore goes to sleep without a task. On the lcore. */
    void pause() {
        if (busy) {
            busy = false;
            sum += now() - since;
            PUBLISHED.setOpaque(this, 2 * sum);
        }
    }

    /** The next round begins now. On the lcore. */
    void resume() {
        since = now();
    }

    /** The busy time so far, and the time since it is counted. Never goes back. Any thread. */
    LcoreUsage usage(int lcore) {
        final long read = (long) PUBLISHED.getOpaque(this);
        final long total = now();
        final long busyNanos = (read >> 1) + ((read & 1) == 0 ? 0 : total);
        return new LcoreUsage(lcore, total, told.accumulateAndGet(busyNanos, Math::max));
    }
}
