// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_packet;

import io.hotbus.eal.io.RawMemory;

/** Copies frames, and the parts of frames around a VLAN tag. The lcore's thread. */
final class FrameBytes {
    /** Bytes before a VLAN tag: both addresses. */
    static final int ADDRESSES = 12;
    /** Bytes of a VLAN tag. */
    static final int TAG = 4;
    /** The header of an Ethernet frame without a tag. */
    static final int HEADER = 14;
    /** Up to this length a loop is faster than a call of the copy routine. */
    private static final int SHORT = 128;

    private FrameBytes() {
    }

    /** Copies {@code bytes} bytes. */
    static void copy(long from, long to, int bytes) {
        if (bytes > SHORT || bytes < Long.BYTES) {
            RawMemory.copy(from, to, bytes);
            return;
        }
        final int last = bytes - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            RawMemory.putLong(to + i, RawMemory.getLong(from + i));
        }
        RawMemory.putLong(to + last, RawMemory.getLong(from + last));
    }

    /** Writes the addresses of {@code from}, and a VLAN tag after them. */
    static void putTagged(long from, long to, int ethertype, int tci) {
        RawMemory.putLong(to, RawMemory.getLong(from));
        RawMemory.putInt(to + 8, RawMemory.getInt(from + 8));
        RawMemory.putInt(to + ADDRESSES, Integer.reverseBytes(ethertype << Short.SIZE | tci));
    }
}
