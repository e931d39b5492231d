// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;

/** Turns arrays of bytes into packets, and back. Thread of the queue. */
public final class PacketBytes {
    private PacketBytes() {
    }

    /** Makes a packet of those bytes: a chain if they do not fit in a buffer. */
    public static long packet(Mempool pool, byte[] bytes) {
        return packet(pool, bytes, pool.dataRoom());
    }

    /**
     * Makes a packet of those bytes.
     *
     * @param segment bytes in each segment but the last
     */
    public static long packet(Mempool pool, byte[] bytes, int segment) {
        final long[] segments = new long[Math.max(1, (bytes.length + segment - 1) / segment)];
        if (pool.get(segments, 0, segments.length) != segments.length) {
            throw new AssertionError(pool.name() + ": no buffers");
        }
        for (int i = 0; i < segments.length; i++) {
            final int length = Math.min(segment, bytes.length - i * segment);
            Mbuf.received(segments[i], length, 0);
            RawMemory.copy(bytes, i * segment, Mbuf.data(segments[i]), length);
            if (i > 0) {
                Mbuf.append(segments[0], segments[i - 1], segments[i]);
            }
        }
        return segments[0];
    }

    /** The bytes of a packet, of all its segments. */
    public static byte[] of(long packet) {
        final byte[] bytes = new byte[Mbuf.length(packet)];
        long segment = packet;
        int at = 0;
        for (int left = Mbuf.segments(packet); left > 0; left--) {
            RawMemory.copy(Mbuf.data(segment), bytes, at, Mbuf.segmentLength(segment));
            at += Mbuf.segmentLength(segment);
            segment = Mbuf.next(segment);
        }
        return bytes;
    }
}
