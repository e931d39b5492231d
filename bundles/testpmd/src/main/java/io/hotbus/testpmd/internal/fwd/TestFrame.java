// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;

/**
 * The generated packets: {@value #LENGTH} bytes, an Ethernet header, a kind, and a number; zeros
 * after it. The Ethertype is the first of those that IEEE 802 reserves for local experiments.
 */
final class TestFrame {
    static final int LENGTH = 64;
    /** The kind that {@code tx_first} sends; its numbers are unique. */
    static final short TX_FIRST = 1;
    /** The kind that {@code txonly} sends. */
    static final short GENERATED = 2;

    private static final short ETHERTYPE = (short) 0x88b5;
    private static final long BROADCAST = 0xffff_ffff_ffffL;
    private static final int SOURCE = 6;
    private static final int TYPE = 12;
    private static final int KIND = 14;
    private static final int NUMBER = 16;

    private TestFrame() {
    }

    /** Turns {@code mbuf} into such a packet, sent to the broadcast address. */
    static void write(long mbuf, short kind, long sourceMac, long number) {
        long frame = Mbuf.data(mbuf);
        putMac(frame, BROADCAST);
        putMac(frame + SOURCE, sourceMac);
        RawMemory.putShort(frame + TYPE, Short.reverseBytes(ETHERTYPE));
        RawMemory.putShort(frame + KIND, Short.reverseBytes(kind));
        RawMemory.putLong(frame + NUMBER, Long.reverseBytes(number));
        for (int offset = NUMBER + Long.BYTES; offset < LENGTH; offset += Long.BYTES) {
            RawMemory.putLong(frame + offset, 0);
        }
        Mbuf.setLength(mbuf, LENGTH);
    }

    private static void putMac(long address, long mac) {
        RawMemory.putShort(address, Short.reverseBytes((short) (mac >>> 32)));
        RawMemory.putInt(address + 2, Integer.reverseBytes((int) mac));
    }

    /** The number of a {@code tx_first} packet; -1 for any other packet. */
    static long txFirstNumber(long mbuf) {
        long frame = Mbuf.data(mbuf);
        boolean ours = Mbuf.length(mbuf) == LENGTH
                && RawMemory.getShort(frame + TYPE) == Short.reverseBytes(ETHERTYPE)
                && RawMemory.getShort(frame + KIND) == Short.reverseBytes(TX_FIRST);
        return ours ? Long.reverseBytes(RawMemory.getLong(frame + NUMBER)) : -1;
    }
}
