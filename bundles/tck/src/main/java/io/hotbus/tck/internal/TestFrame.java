// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import java.nio.ByteBuffer;

/** Makes a broadcast frame that every device can send and that has no meaning to receivers. */
public final class TestFrame {
    /** Bytes in the frame, without FCS. */
    private static final int LENGTH = 60;
    private static final int SEGMENTS = 3;
    private static final int MAC = 6;
    /** IEEE 802 local experimental. */
    private static final short ETHERTYPE = (short) 0x88b5;

    private final byte[] bytes;

    /** A frame from the address {@code source}. */
    public TestFrame(long source) {
        ByteBuffer frame = ByteBuffer.allocate(LENGTH);
        frame.putShort((short) -1).putInt(-1);
        for (int i = MAC - 1; i >= 0; i--) {
            frame.put((byte) (source >> i * Byte.SIZE));
        }
        bytes = frame.putShort(ETHERTYPE).array();
    }

    /** Fills {@code mbufs} with buffers that hold the frame, as far as {@code pool} has buffers. */
    public int fill(Mempool pool, long[] mbufs) {
        int fresh = pool.get(mbufs, 0, mbufs.length);
        for (int i = 0; i < fresh; i++) {
            RawMemory.copy(bytes, 0, Mbuf.data(mbufs[i]), LENGTH);
            Mbuf.setLength(mbufs[i], LENGTH);
        }
        return fresh;
    }

    /** Puts a frame of three segments in {@code mbufs[0]}; false if the pool lacks buffers. */
    boolean chain(Mempool pool, long[] mbufs) {
        long[] segments = new long[SEGMENTS];
        int fresh = pool.get(segments, 0, SEGMENTS);
        if (fresh < SEGMENTS) {
            pool.put(segments, 0, fresh);
            return false;
        }
        int each = LENGTH / SEGMENTS;
        for (int i = 0; i < SEGMENTS; i++) {
            RawMemory.copy(bytes, i * each, Mbuf.data(segments[i]), each);
            Mbuf.setLength(segments[i], each);
            if (i > 0) {
                Mbuf.append(segments[0], segments[i - 1], segments[i]);
            }
        }
        mbufs[0] = segments[0];
        return true;
    }
}
