// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

/** Packets that are taken out in the order they were put in. One thread. */
final class Fifo {
    private final long[] packets;
    private int first;
    private int count;

    /** Holds up to {@code capacity} packets. */
    Fifo(int capacity) {
        this.packets = new long[capacity];
    }

    int room() {
        return packets.length - count;
    }

    /** Puts in as many of {@code from} as there is room for. Returns how many. */
    int put(long[] from, int wanted) {
        int put = Math.min(wanted, room());
        for (int i = 0; i < put; i++) {
            packets[(first + count + i) % packets.length] = from[i];
        }
        count += put;
        return put;
    }

    /** Takes out as many packets as {@code to} holds. Returns how many. */
    int take(long[] to) {
        return take(to, to.length);
    }

    /** Takes out up to {@code wanted} packets. Returns how many. */
    int take(long[] to, int wanted) {
        int taken = Math.min(wanted, count);
        for (int i = 0; i < taken; i++) {
            to[i] = packets[first];
            first = first + 1 == packets.length ? 0 : first + 1;
        }
        count -= taken;
        return taken;
    }
}
