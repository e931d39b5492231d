// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import io.hotbus.eal.io.RawMemory;

/**
 * A packet buffer, as a {@code long} handle with static accessors: a burst is a {@code long[]}, and
 * nothing is allocated for a packet. Belongs to one thread at a time; nothing is checked.
 *
 * <p>A handle is the address of a header of {@value #HEADER} bytes, followed by {@value #HEADROOM}
 * bytes of headroom and the data room of the {@link Mempool}. One segment a packet.
 * Source: DPDK {@code struct rte_mbuf}.
 */
public final class Mbuf {
    /** Bytes of the header: one cache line. */
    public static final int HEADER = 64;
    /** Bytes before the data of a fresh buffer. */
    public static final int HEADROOM = 128;

    private static final int IOVA = 0;
    private static final int DATA_OFFSET = 8;
    private static final int LENGTH = 12;
    private static final int PORT = 16;
    private static final int USER_DATA = 24;

    private Mbuf() {
    }

    /** For {@link Mempool}: makes a buffer whose header a device knows as {@code iova}. */
    static void initialise(long mbuf, long iova) {
        RawMemory.putLong(mbuf + IOVA, iova);
        reset(mbuf);
    }

    /** An empty packet again, with the whole headroom. */
    public static void reset(long mbuf) {
        putOffsetAndLength(mbuf, 0);
    }

    /** Both in one store; little-endian. */
    private static void putOffsetAndLength(long mbuf, int length) {
        RawMemory.putLong(mbuf + DATA_OFFSET, HEADER + HEADROOM | (long) length << Integer.SIZE);
    }

    /** Address of the packet's first byte. */
    public static long data(long mbuf) {
        return mbuf + RawMemory.getInt(mbuf + DATA_OFFSET);
    }

    /** I/O virtual address of the packet's first byte. */
    public static long dataIova(long mbuf) {
        return RawMemory.getLong(mbuf + IOVA) + RawMemory.getInt(mbuf + DATA_OFFSET);
    }

    /** I/O virtual address of the first byte after the headroom: where a device is to receive. */
    public static long receiveIova(long mbuf) {
        return RawMemory.getLong(mbuf + IOVA) + HEADER + HEADROOM;
    }

    /** Bytes in the packet. */
    public static int length(long mbuf) {
        return RawMemory.getInt(mbuf + LENGTH);
    }

    /** Sets the bytes in the packet; at most the data room of its pool. */
    public static void setLength(long mbuf, int length) {
        RawMemory.putInt(mbuf + LENGTH, length);
    }

    /** A packet of {@code length} bytes has arrived on {@code port}, right after the headroom. */
    public static void received(long mbuf, int length, int port) {
        putOffsetAndLength(mbuf, length);
        RawMemory.putInt(mbuf + PORT, port);
    }

    /** The port the packet arrived on. */
    public static int port(long mbuf) {
        return RawMemory.getInt(mbuf + PORT);
    }

    /** Eight bytes of the application's own. */
    public static long userData(long mbuf) {
        return RawMemory.getLong(mbuf + USER_DATA);
    }

    /** Sets the eight bytes of the application's own. */
    public static void setUserData(long mbuf, long value) {
        RawMemory.putLong(mbuf + USER_DATA, value);
    }
}
