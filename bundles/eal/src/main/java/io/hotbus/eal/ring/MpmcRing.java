// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A bounded queue of longs for many producers and many consumers, in bulk.
 *
 * <p>Any thread; never blocks, allocates or locks. Each slot carries the position it is ready for,
 * so a thread that is preempted in the middle delays the slots it has claimed, and no other
 * thread's progress. Source of the idea: D. Vyukov's bounded MPMC queue, here with one claim per
 * bulk.
 */
public final class MpmcRing implements LongRing {
    /** Bytes of Java heap that a slot takes. */
    public static final int SLOT_BYTES = 2 * Long.BYTES;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    /** The two positions live in one array, a pair of cache lines apart (prefetch pulls pairs). */
    private static final int PAD = 16;
    private static final int PRODUCER = PAD;
    private static final int CONSUMER = 3 * PAD;

    /**
     * Slot {@code i} has the position that it is ready for at {@code 2i}, and its value at {@code
     * 2i + 1}.
     */
    private final long[] slots;
    private final long[] positions = new long[5 * PAD];
    private final long mask;

    /**
     * @param capacity how many longs it holds; a power of two, at least 2: in a ring with one slot,
     *     a full slot would look like a free one
     */
    public MpmcRing(int capacity) {
        if (capacity < 2 || Integer.bitCount(capacity) != 1 || capacity > 1 << 29) {
            throw new IllegalArgumentException(
                    "capacity " + capacity + " is not a power of two from 2 to 2^29");
        }
        mask = capacity - 1;
        slots = new long[2 * capacity];
        for (int i = 0; i < capacity; i++) {
            slots[2 * i] = i;
        }
    }

    @Override
    public int capacity() {
        return (int) mask + 1;
    }

    @Override
    public int size() {
        long consumer = (long) LONGS.getAcquire(positions, CONSUMER);
        long producer = (long) LONGS.getAcquire(positions, PRODUCER);
        return (int) Math.max(0, Math.min(producer - consumer, mask + 1));
    }

    @Override
    public int offer(long[] values, int offset, int count) {
        while (true) {
            long position = (long) LONGS.getAcquire(positions, PRODUCER);
            int ready = ready(position, position, count);
            if (ready == 0) {
                if ((long) LONGS.getAcquire(positions, PRODUCER) == position) {
                    return 0;
                }
            } else if (LONGS.compareAndSet(positions, PRODUCER, position, position + ready)) {
                for (int i = 0; i < ready; i++) {
                    int slot = slot(position + i);
                    slots[slot + 1] = values[offset + i];
                    LONGS.setRelease(slots, slot, position + i + 1);
                }
                return ready;
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public int poll(long[] values, int offset, int count) {
        while (true) {
            long position = (long) LONGS.getAcquire(positions, CONSUMER);
            int ready = ready(position, position + 1, count);
            if (ready == 0) {
                if ((long) LONGS.getAcquire(positions, CONSUMER) == position) {
                    return 0;
                }
            } else if (LONGS.compareAndSet(positions, CONSUMER, position, position + ready)) {
                for (int i = 0; i < ready; i++) {
                    int slot = slot(position + i);
                    values[offset + i] = slots[slot + 1];
                    LONGS.setRelease(slots, slot, position + i + mask + 1);
                }
                return ready;
            }
            Thread.onSpinWait();
        }
    }

    /** How many slots from {@code position} on are ready, the first one for {@code expected}. */
    private int ready(long position, long expected, int limit) {
        int n = 0;
        while (n < limit && (long) LONGS.getAcquire(slots, slot(position + n)) == expected + n) {
            n++;
        }
        return n;
    }

    private int slot(long position) {
        return (int) (position & mask) << 1;
    }
}
