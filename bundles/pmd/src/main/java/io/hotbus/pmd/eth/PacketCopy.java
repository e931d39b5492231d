// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCache;

/**
 * Copies frames between mbufs and memory of a driver, for drivers whose device does not read and
 * write mbufs by itself. One thread at a time; no call allocates.
 */
public final class PacketCopy {
    /** Up to this length a loop costs less than a call of the copy stub. */
    private static final int SHORT = 256;

    private final Mempool pool;
    private final int dataRoom;
    private final int port;
    private final long[] one = new long[1];

    /** Creates what copies frames for the receive queue of {@code setup}. */
    public PacketCopy(QueueSetup setup) {
        this.pool = setup.pool();
        this.dataRoom = pool.dataRoom();
        this.port = setup.portId();
    }

    /**
     * Copies a frame into a new packet: one segment, or as many as it needs.
     *
     * @param cache  of the pool of the queue
     * @param from   the address of the frame
     * @param length bytes in the frame, at most {@value Mbuf#MAX_COUNT} buffers
     * @return the packet; 0 if the pool has not enough buffers
     */
    public long in(MempoolCache cache, long from, int length) {
        if (length > dataRoom) {
            return append(cache, 0, from, length);
        }
        if (cache.get(one, 0, 1) == 0) {
            return 0;
        }
        long mbuf = one[0];
        Mbuf.received(mbuf, length, port);
        bytes(from, Mbuf.data(mbuf), length);
        return mbuf;
    }

    /**
     * Appends bytes, in new segments, to a packet that {@link #in} or this method returned.
     *
     * @param packet 0 to begin a packet
     * @return the packet; 0 if the pool has not enough buffers: the packet is given back then
     */
    public long append(MempoolCache cache, long packet, long from, int length) {
        long whole = packet;
        long last = packet == 0 ? 0 : last(packet);
        for (int done = 0; done < length;) {
            int part = Math.min(length - done, dataRoom);
            if (cache.get(one, 0, 1) == 0) {
                giveBack(cache, whole);
                return 0;
            }
            long mbuf = one[0];
            Mbuf.received(mbuf, part, port);
            bytes(from + done, Mbuf.data(mbuf), part);
            if (whole == 0) {
                whole = mbuf;
            } else {
                Mbuf.append(whole, last, mbuf);
            }
            last = mbuf;
            done += part;
        }
        return whole;
    }

    private static long last(long packet) {
        long segment = packet;
        for (int left = Mbuf.segments(packet); left > 1; left--) {
            segment = Mbuf.next(segment);
        }
        return segment;
    }

    private void giveBack(MempoolCache cache, long packet) {
        long segment = packet;
        for (int left = packet == 0 ? 0 : Mbuf.segments(packet); left > 0; left--) {
            one[0] = segment;
            segment = Mbuf.next(segment);
            cache.put(one, 0, 1);
        }
    }

    /**
     * Copies {@code length} bytes of a packet, from its byte {@code offset} on, to {@code to}. The
     * packet has these bytes.
     */
    public static void out(long packet, int offset, long to, int length) {
        long segment = packet;
        int skip = offset;
        while (skip >= Mbuf.segmentLength(segment)) {
            skip -= Mbuf.segmentLength(segment);
            segment = Mbuf.next(segment);
        }
        for (int done = 0; done < length; segment = Mbuf.next(segment)) {
            int part = Math.min(length - done, Mbuf.segmentLength(segment) - skip);
            bytes(Mbuf.data(segment) + skip, to + done, part);
            done += part;
            skip = 0;
        }
    }

    /** Copies {@code length} bytes, at least 0. */
    public static void bytes(long from, long to, int length) {
        if (length > SHORT || length < Long.BYTES) {
            RawMemory.copy(from, to, length);
            return;
        }
        int last = length - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            RawMemory.putLong(to + i, RawMemory.getLong(from + i));
        }
        // The last bytes, some of them twice.
        RawMemory.putLong(to + last, RawMemory.getLong(from + last));
    }
}
