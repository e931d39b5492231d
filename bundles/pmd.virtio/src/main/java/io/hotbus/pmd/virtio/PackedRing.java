// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.virtio;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.pmd.DmaRing;

/**
 * A packed virtqueue: one ring of descriptors, which driver and device write in turn. Bits of the
 * flags, compared with a counter of the laps, say whose turn it is. Source: 2.8.
 */
final class PackedRing extends VirtioRing {
    private static final int DESCRIPTOR = 16;
    /** Length, id and flags in one word. */
    private static final int WORD = 8;
    private static final int FLAGS = 14;
    private static final int AVAIL = 1 << 7;
    private static final int USED = 1 << 15;

    // Event suppression areas, 2.8.10: 16 bits offset and lap, 16 bits flags.
    private static final int EVENT_BYTES = 4;
    private static final int EVENT_FLAGS = 2;
    private static final int DISABLE = 1;
    private static final int AT_DESCRIPTOR = 2;
    private static final int LAP = 1 << 15;

    private final long deviceEvent;
    /** The place after the last chain that was offered. */
    private int next;
    /** The bits of an available descriptor at {@link #next}: they change each lap. */
    private int turn;
    /** Descriptors that were offered since the doorbell was considered. */
    private int unpublished;
    /** The flags of the first descriptor of a chain, which is written last. */
    private int headFlags;
    /** The place of the next chain that the device returns. */
    private int used;
    /** The bits of a used descriptor there. */
    private int usedTurn;

    PackedRing(DmaRing memory, long device, int descriptors) {
        super(memory, device, descriptors);
        this.deviceEvent = base() + deviceOffset();
    }

    @Override
    long driverOffset() {
        return (long) DESCRIPTOR * size();
    }

    @Override
    long deviceOffset() {
        return driverOffset() + EVENT_BYTES;
    }

    @Override
    public void clear() {
        super.clear();
        next = 0;
        turn = AVAIL;
        unpublished = 0;
        used = 0;
        usedTurn = AVAIL | USED;
        // The queue is polled.
        RawMemory.putShort(base() + driverOffset() + EVENT_FLAGS, (short) DISABLE);
    }

    private long at(int place) {
        return base() + (long) place * DESCRIPTOR;
    }

    @Override
    public void describe(int head, int nth, int id, long iova, int length, int flags) {
        int place = head + nth;
        int bits = flags | turn;
        if (place > mask) {
            place -= size();
            bits ^= AVAIL | USED;
        }
        long to = at(place);
        RawMemory.putLong(to, iova);
        RawMemory.putInt(to + WORD, length);
        RawMemory.putShort(to + WORD + Integer.BYTES, (short) id);
        if (nth == 0) {
            headFlags = bits;
        } else {
            RawMemory.putShort(to + FLAGS, (short) bits);
        }
    }

    @Override
    public void offer(int head, int descriptors, int id) {
        RawMemory.putShortRelease(at(head) + FLAGS, (short) headFlags);
        next = head + descriptors;
        if (next > mask) {
            next -= size();
            turn ^= AVAIL | USED;
        }
        unpublished += descriptors;
    }

    @Override
    public void publish(VirtioDoorbell doorbell) {
        // The device looks for new chains after it asks for notifications: 2.8.21.3.1.
        RawMemory.fullFence();
        int event = RawMemory.getIntVolatile(deviceEvent);
        int flags = event >>> Short.SIZE & 3;
        boolean wanted = flags == AT_DESCRIPTOR ? passes(event & 0xffff) : flags != DISABLE;
        unpublished = 0;
        if (wanted) {
            doorbell.ring();
        }
    }

    /** Whether the descriptor that the device waits for is among those offered last. */
    private boolean passes(int event) {
        int place = event & LAP - 1;
        boolean sameLap = (event & LAP) != 0 == ((turn & AVAIL) != 0);
        return needsEvent(sameLap ? place : place - size(), next, next - unpublished);
    }

    @Override
    public long next() {
        long from = at(used);
        if (((RawMemory.getShortVolatile(from + FLAGS) ^ usedTurn) & (AVAIL | USED)) != 0) {
            return NONE;
        }
        long word = RawMemory.getLong(from + WORD);
        // The length lies in the low half here.
        return positive((word << Integer.SIZE) | (word >>> Integer.SIZE & 0xffff));
    }

    @Override
    public void take(int descriptors) {
        used += descriptors;
        if (used > mask) {
            used -= size();
            usedTurn ^= AVAIL | USED;
        }
    }

    @Override
    public long progress() {
        int place = used & mask;
        int flags = RawMemory.getShortVolatile(at(place) + FLAGS) & (AVAIL | USED);
        // With the bits alike it is used, or was never available.
        return flags == 0 || flags == (AVAIL | USED) ? NONE : place;
    }
}
