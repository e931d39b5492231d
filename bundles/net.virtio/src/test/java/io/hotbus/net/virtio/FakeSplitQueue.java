// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.io.RawMemory;
import java.util.ArrayList;
import java.util.List;

/** The device's side of a split virtqueue. Source: 2.7. */
final class FakeSplitQueue implements FakeQueue {
    private final Memory memory;
    private final int size;
    private final boolean events;
    private final long table;
    private final long driver;
    private final long device;
    private int popped;
    private int pushed;

    FakeSplitQueue(Memory memory, int size, boolean events, long[] areas) {
        this.memory = memory;
        this.size = size;
        this.events = events;
        this.table = memory.at("descriptor table", areas[0], 16 * size);
        this.driver = memory.at("available ring", areas[1], 6 + 2 * size);
        this.device = memory.at("used ring", areas[2], 6 + 8 * size);
    }

    @Override
    public Chain pop() {
        if (RawMemory.getShortVolatile(driver + 2) == (short) popped) {
            return null;
        }
        int head = RawMemory.getShort(driver + 4 + 2L * (popped % size));
        popped = popped + 1 & 0xffff;
        List<Piece> pieces = new ArrayList<>();
        int flags = 1;
        for (int at = head; (flags & 1) != 0; ) {
            long descriptor = table + 16L * at;
            flags = RawMemory.getShort(descriptor + 12);
            pieces.add(new Piece(RawMemory.getLong(descriptor), RawMemory.getInt(descriptor + 8),
                    (flags & 2) != 0));
            at = RawMemory.getShort(descriptor + 14);
        }
        return new Chain(head, pieces);
    }

    @Override
    public void push(Chain chain, int id, int written) {
        RawMemory.putLong(device + 4 + 8L * (pushed % size),
                Integer.toUnsignedLong(id) | (long) written << Integer.SIZE);
        pushed = pushed + 1 & 0xffff;
    }

    @Override
    public void skip(Chain chain) {
        pushed = pushed + 1 & 0xffff;
    }

    @Override
    public void flush() {
        RawMemory.putShortRelease(device + 2, (short) pushed);
    }

    @Override
    public void wantNotification(boolean wanted) {
        if (events) {
            if (wanted) {
                RawMemory.putShort(device + 4 + 8L * size, (short) popped);
            }
        } else {
            RawMemory.putShort(device, (short) (wanted ? 0 : 1));
        }
        RawMemory.fullFence();
    }
}
