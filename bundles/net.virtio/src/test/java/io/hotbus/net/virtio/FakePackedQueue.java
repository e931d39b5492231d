// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.io.RawMemory;
import java.util.ArrayList;
import java.util.List;

/** The device's side of a packed virtqueue. Source: 2.8. */
final class FakePackedQueue implements FakeQueue {
    private static final int AVAIL = 1 << 7;
    private static final int USED = 1 << 15;

    private final int size;
    private final boolean events;
    private final long ring;
    private final long device;
    private int next;
    private boolean lap = true;
    private int used;
    private boolean usedLap = true;
    /** The flags of the first returned chain, which is written last. */
    private Runnable first;

    FakePackedQueue(Memory memory, int size, boolean events, long[] areas) {
        this.size = size;
        this.events = events;
        this.ring = memory.at("descriptor ring", areas[0], 16 * size);
        memory.at("driver event suppression", areas[1], 4);
        this.device = memory.at("device event suppression", areas[2], 4);
    }

    private static int bits(int flags) {
        return flags & (AVAIL | USED);
    }

    @Override
    public Chain pop() {
        if (bits(RawMemory.getShortVolatile(ring + 16L * next + 14)) != (lap ? AVAIL : USED)) {
            return null;
        }
        List<Piece> pieces = new ArrayList<>();
        int flags = 1;
        int id = 0;
        while ((flags & 1) != 0) {
            long descriptor = ring + 16L * next;
            flags = RawMemory.getShort(descriptor + 14);
            if (bits(flags) != (lap ? AVAIL : USED)) {
                throw new AssertionError("a part of a chain was offered");
            }
            id = RawMemory.getShort(descriptor + 12);
            pieces.add(new Piece(RawMemory.getLong(descriptor), RawMemory.getInt(descriptor + 8),
                    (flags & 2) != 0));
            next = (next + 1) % size;
            lap ^= next == 0;
        }
        return new Chain(id, pieces);
    }

    @Override
    public void push(Chain chain, int id, int written) {
        long descriptor = ring + 16L * used;
        RawMemory.putInt(descriptor + 8, written);
        RawMemory.putShort(descriptor + 12, (short) id);
        short flags = (short) (usedLap ? AVAIL | USED : 0);
        Runnable show = () -> RawMemory.putShortRelease(descriptor + 14, flags);
        if (first == null) {
            first = show;
        } else {
            show.run();
        }
        skip(chain);
    }

    @Override
    public void skip(Chain chain) {
        used += chain.pieces().size();
        usedLap ^= used >= size;
        used %= size;
    }

    @Override
    public void flush() {
        if (first != null) {
            first.run();
            first = null;
        }
    }

    @Override
    public void wantNotification(boolean wanted) {
        if (events && wanted) {
            RawMemory.putShort(device, (short) (next | (lap ? 1 << 15 : 0)));
            RawMemory.putShortRelease(device + 2, (short) 2);
        } else {
            RawMemory.putShortRelease(device + 2, (short) (wanted ? 0 : 1));
        }
        RawMemory.fullFence();
    }
}
