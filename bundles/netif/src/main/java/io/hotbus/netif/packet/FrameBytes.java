// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif.packet;

import io.hotbus.eal.io.RawMemory;

/** The parts of a frame around a VLAN tag. */
final class FrameBytes {
    /** Bytes before a VLAN tag: both addresses. */
    static final int ADDRESSES = 12;
    /** Bytes of a VLAN tag. */
    static final int TAG = 4;
    /** The header of an Ethernet frame without a tag. */
    static final int HEADER = 14;

    private FrameBytes() {
    }

    /** Writes the addresses of {@code from}, and a VLAN tag after them. */
    static void putTagged(long from, long to, int ethertype, int tci) {
        RawMemory.putLong(to, RawMemory.getLong(from));
        RawMemory.putInt(to + 8, RawMemory.getInt(from + 8));
        RawMemory.putInt(to + ADDRESSES, Integer.reverseBytes(ethertype << Short.SIZE | tci));
    }
}
