// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.io.RawMemory;

/** Fields of frames, which are big-endian, at absolute addresses. Nothing is checked. */
final class Fields {
    /** Where the source address begins; the destination address is at 0. */
    static final int SOURCE = 6;
    /** Where the Ethertype is. */
    static final int TYPE = 12;
    /** Bytes of an Ethernet header. */
    static final int ETHERNET = 14;
    /** Bytes of a VLAN tag. */
    static final int TAG = 4;
    static final int VLAN = 0x8100;
    static final int QINQ = 0x88a8;

    private Fields() {
    }

    static int get16(long address) {
        return Short.toUnsignedInt(Short.reverseBytes(RawMemory.getShort(address)));
    }

    static int get32(long address) {
        return Integer.reverseBytes(RawMemory.getInt(address));
    }

    /** Reads an Ethernet address: 48 bits, see {@link io.hotbus.ethdev.MacAddress#value}. */
    static long getMac(long address) {
        return (long) get16(address) << Integer.SIZE
                | Integer.toUnsignedLong(get32(address + Short.BYTES));
    }

    /** Writes an Ethernet address. */
    static void putMac(long address, long mac) {
        RawMemory.putShort(address, Short.reverseBytes((short) (mac >>> Integer.SIZE)));
        RawMemory.putInt(address + Short.BYTES, Integer.reverseBytes((int) mac));
    }
}
