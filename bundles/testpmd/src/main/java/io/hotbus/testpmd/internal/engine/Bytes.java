// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.eal.io.RawMemory;

/** Fields of frames, which are big-endian, at absolute addresses. Nothing is checked. */
final class Bytes {
    /** Bytes of an Ethernet header. */
    static final int ETHERNET = 14;
    /** Where the source address begins; the destination address is at 0. */
    static final int SOURCE = 6;
    /** Where the Ethertype is. */
    static final int TYPE = 12;

    private Bytes() {
    }

    static int get8(long address) {
        return RawMemory.getByte(address) & 0xff;
    }

    static int get16(long address) {
        return Short.reverseBytes(RawMemory.getShort(address)) & 0xffff;
    }

    static void put16(long address, int value) {
        RawMemory.putShort(address, Short.reverseBytes((short) value));
    }

    static void put32(long address, int value) {
        RawMemory.putInt(address, Integer.reverseBytes(value));
    }

    /** Writes an Ethernet address of 48 bits. */
    static void putMac(long address, long mac) {
        put16(address, (int) (mac >>> 32));
        put32(address + 2, (int) mac);
    }

    /** Swaps destination and source of an Ethernet header. */
    static void swapMacs(long frame) {
        int destination = RawMemory.getInt(frame);
        short destinationEnd = RawMemory.getShort(frame + 4);
        RawMemory.putInt(frame, RawMemory.getInt(frame + 6));
        RawMemory.putShort(frame + 4, RawMemory.getShort(frame + 10));
        RawMemory.putInt(frame + 6, destination);
        RawMemory.putShort(frame + 10, destinationEnd);
    }

    /** Swaps two 32-bit fields that follow each other. */
    static void swapInts(long address) {
        long both = RawMemory.getLong(address);
        RawMemory.putLong(address, Long.rotateLeft(both, Integer.SIZE));
    }

    /** Swaps two 16-bit fields that follow each other. */
    static void swapShorts(long address) {
        int both = RawMemory.getInt(address);
        RawMemory.putInt(address, Integer.rotateLeft(both, Short.SIZE));
    }
}
