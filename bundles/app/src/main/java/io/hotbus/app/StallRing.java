// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The last stalls of an lcore: written by it alone, without waiting; read by any thread. */
final class StallRing {
    /** A burst that takes longer than this is a stall. */
    static final long THRESHOLD_NANOS = TimeUnit.MICROSECONDS.toNanos(5);
    static final int CAPACITY = 4096;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle ADDED;

    static {
        try {
            ADDED = MethodHandles.lookup().findVarHandle(StallRing.class, "added", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Slot {@code i}: start at {@code 2i}, end at {@code 2i + 1}. */
    private final long[] slots = new long[2 * CAPACITY];
    /** How many were added in all; slots below it, by at most the capacity, are valid. */
    private long added;

    /** On the lcore. */
    void add(long start, long end) {
        long position = added;
        int slot = slot(position);
        LONGS.setOpaque(slots, slot, start);
        LONGS.setOpaque(slots, slot + 1, end);
        ADDED.setRelease(this, position + 1);
    }

    /** Start and end of the stall in which {@code time} fell, if it is still kept. Any thread. */
    Optional<long[]> at(long time) {
        long last = (long) ADDED.getAcquire(this) - 1;
        for (long i = last; i >= 0 && i > last - CAPACITY; i--) {
            int slot = slot(i);
            long start = (long) LONGS.getOpaque(slots, slot);
            long end = (long) LONGS.getOpaque(slots, slot + 1);
            VarHandle.loadLoadFence();
            // The slot is being used again once the lcore has come round to it.
            if ((long) ADDED.getOpaque(this) - i >= CAPACITY) {
                return Optional.empty();
            }
            if (start - time <= 0 && time - end <= 0) {
                return Optional.of(new long[] {start, end});
            }
        }
        return Optional.empty();
    }

    private static int slot(long position) {
        return (int) (position & CAPACITY - 1) << 1;
    }
}
