// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCache;
import io.hotbus.pmd.eth.PacketCopy;

/** Puts a packet together from several buffers of a ring. The thread of the queue. */
final class Joiner {
    /** The longest frame: that of the largest MTU. Longer ones are counted as errors. */
    static final int MAX_FRAME = 65535;

    /** The result of {@link #add}. */
    enum Added {
        /** The bytes are in the packet. */
        YES,
        /** The pool has no buffer now. */
        NO_BUFFER,
        /** The packet is too long. */
        TOO_LONG
    }

    private final int port;
    private final int room;
    private final int most;
    private final long[] one = new long[1];
    /** The first segment. */
    private long packet;
    /** The last segment that is in the packet; 0 while there is none but the first. */
    private long linked;
    /** The segment that is being filled, which is in the packet only if it is the first. */
    private long filling;
    private int used;

    Joiner(Mempool pool, int port) {
        this.port = port;
        this.room = pool.dataRoom();
        this.most = Math.min(MAX_FRAME, room * Mbuf.MAX_COUNT);
    }

    /** Begins a packet in an empty buffer. */
    void begin(long mbuf) {
        packet = mbuf;
        filling = mbuf;
        linked = 0;
        used = 0;
        Mbuf.received(mbuf, 0, port);
    }

    /** Copies {@code length} bytes to the end of the packet. */
    Added add(MempoolCache cache, long from, int length) {
        if (length < 0 || length > most - this.length()) {
            return Added.TOO_LONG;
        }
        for (int done = 0; done < length; ) {
            if (used == room) {
                if (cache.get(one, 0, 1) == 0) {
                    return Added.NO_BUFFER;
                }
                link();
                filling = one[0];
                used = 0;
            }
            int part = Math.min(room - used, length - done);
            PacketCopy.bytes(from + done, filling + Mbuf.HEADER + Mbuf.HEADROOM + used, part);
            used += part;
            done += part;
        }
        return Added.YES;
    }

    private int length() {
        return filling == packet ? used : Mbuf.length(packet) + used;
    }

    /** Puts the segment that was filled into the packet. */
    private void link() {
        Mbuf.received(filling, used, port);
        if (filling != packet) {
            Mbuf.append(packet, linked, filling);
        }
        linked = filling;
    }

    /** Ends the packet. Returns its length. */
    int end() {
        link();
        return Mbuf.length(packet);
    }

    /** Gives back all buffers of the packet but the first one, which is empty again. */
    void drop(MempoolCache cache) {
        if (linked != filling) {
            link();
        }
        int rest = Mbuf.segments(packet) - 1;
        long segment = Mbuf.next(packet);
        for (; rest > 0; rest--) {
            one[0] = segment;
            segment = rest > 1 ? Mbuf.next(segment) : 0;
            cache.put(one, 0, 1);
        }
        Mbuf.received(packet, 0, port);
    }
}
