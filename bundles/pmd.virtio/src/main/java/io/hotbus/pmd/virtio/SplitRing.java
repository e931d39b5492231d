// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.virtio;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.pmd.DmaRing;

/**
 * A split virtqueue: a table of descriptors, a ring of those that are available, a ring of those
 * that are used. Source: 2.7.
 */
final class SplitRing extends VirtioRing {
    private static final int DESCRIPTOR = 16;
    private static final int WORD = 8;
    /** Flags and index before the entries of a ring. */
    private static final int FLAGS = 0;
    private static final int INDEX = 2;
    private static final int ENTRIES = 4;
    private static final int USED_ENTRY = 8;
    private static final short NO_INTERRUPT = 1;
    private static final short NO_NOTIFY = 1;
    private static final long CACHE_LINE = 64;

    private final boolean events;
    private final long table;
    private final long available;
    private final long used;
    /** Chains that were offered, 16 bits count. */
    private int offered;
    /** The same when the doorbell was considered last. */
    private int published;
    /** Chains that were taken, 16 bits count. */
    private int taken;
    /** Chains that the device had returned at the last look. */
    private int seen;

    /** {@code events}: with notification thresholds, VIRTIO_F_EVENT_IDX. */
    SplitRing(DmaRing memory, long device, int descriptors, boolean events) {
        super(memory, device, descriptors);
        this.events = events;
        this.table = base();
        this.available = base() + driverOffset();
        this.used = base() + deviceOffset();
    }

    @Override
    long driverOffset() {
        return (long) DESCRIPTOR * size();
    }

    /** Behind the available ring and its event, in a cache line that the driver does not write. */
    @Override
    long deviceOffset() {
        long end = driverOffset() + ENTRIES + 2L * size() + Short.BYTES;
        return end + CACHE_LINE - 1 & -CACHE_LINE;
    }

    @Override
    public void clear() {
        super.clear();
        offered = 0;
        published = 0;
        taken = 0;
        seen = 0;
        // The queue is polled. With thresholds: one interrupt in 65536 chains, if the device
        // has a vector for it.
        RawMemory.putShort(available + FLAGS, events ? 0 : NO_INTERRUPT);
        RawMemory.putShort(availableEntry(size()), (short) -1);
    }

    private long availableEntry(int index) {
        return available + ENTRIES + 2L * index;
    }

    @Override
    public void describe(int head, int nth, int id, long iova, int length, int flags) {
        int index = (id + nth) & mask;
        long at = table + (long) index * DESCRIPTOR;
        RawMemory.putLong(at, iova);
        RawMemory.putLong(at + WORD, length | (long) flags << Integer.SIZE
                | (long) ((index + 1) & mask) << Integer.SIZE + Short.SIZE);
    }

    @Override
    public void offer(int head, int descriptors, int id) {
        RawMemory.putShort(availableEntry(offered & mask), (short) id);
        offered++;
    }

    @Override
    public void publish(VirtioDoorbell doorbell) {
        RawMemory.putShortRelease(available + INDEX, (short) offered);
        // The device looks for new chains after it asks for notifications: 2.7.13.4.1.
        RawMemory.fullFence();
        boolean wanted = events
                ? needsEvent(unsigned16(used + ENTRIES + (long) USED_ENTRY * size()), offered,
                        published)
                : (unsigned16(used + FLAGS) & NO_NOTIFY) == 0;
        published = offered;
        if (wanted) {
            doorbell.ring();
        }
    }

    @Override
    public long next() {
        if (((seen - taken) & 0xffff) == 0) {
            seen = unsigned16(used + INDEX);
            if (((seen - taken) & 0xffff) == 0) {
                return NONE;
            }
        }
        return positive(RawMemory.getLong(
                used + ENTRIES + (long) USED_ENTRY * (taken & mask)));
    }

    @Override
    public void take(int descriptors) {
        taken++;
    }

    @Override
    public long progress() {
        int done = unsigned16(used + INDEX);
        return done == unsigned16(available + INDEX) ? NONE : done;
    }
}
