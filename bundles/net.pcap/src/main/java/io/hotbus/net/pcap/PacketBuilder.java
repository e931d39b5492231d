// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCache;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * Copies the frames of one burst into buffers; a frame that is longer than a buffer becomes a
 * chain. Buffers are taken all at once, and lie in the burst after the packets. Thread of the
 * queue.
 */
final class PacketBuilder {
    private final int port;
    private final int room;
    private final Mempool pool;
    private final long[] one = new long[1];
    private MempoolCaches caches;
    private MempoolCache cache;
    private long[] burst;
    /** Packets in the burst, at its beginning. */
    private int packets;
    /** Where the buffers after the packets end. */
    private int end;

    PacketBuilder(QueueSetup setup) {
        this.port = setup.portId();
        this.pool = setup.pool();
        this.room = pool.dataRoom();
    }

    /** Whether a frame of that length fits in as many buffers as a packet may have. */
    boolean canHold(int length) {
        return length <= (long) room * Mbuf.MAX_COUNT;
    }

    /** Begins a burst of up to {@code count} packets in {@code mbufs}. */
    void begin(MempoolCaches threadCaches, long[] mbufs, int count) {
        caches = threadCaches;
        cache = threadCaches.of(pool);
        burst = mbufs;
        packets = 0;
        end = cache.get(mbufs, 0, count);
    }

    /** Ends the burst and gives back the buffers that were not used. */
    void end() {
        if (packets < end) {
            cache.put(burst, packets, end - packets);
        }
    }

    /** Adds a frame to the burst. Returns the packet; 0 if there are not enough buffers. */
    long add(byte[] from, int at, int length) {
        if (packets == end) {
            end += cache.get(burst, packets, 1);
            if (packets == end) {
                return 0;
            }
        }
        long first = burst[packets];
        int part = Math.min(length, room);
        Mbuf.received(first, part, port);
        RawMemory.copy(from, at, Mbuf.data(first), part);
        if (part < length && !extend(first, from, at + part, length - part)) {
            return 0;
        }
        packets++;
        return first;
    }

    /** Takes a buffer for the packet in progress, whose first one stays; 0 if there is none. */
    private long take() {
        if (packets + 1 < end) {
            return burst[--end];
        }
        return cache.get(one, 0, 1) == 1 ? one[0] : 0;
    }

    private boolean extend(long first, byte[] from, int begin, int length) {
        long last = first;
        int at = begin;
        for (int left = length; left > 0; ) {
            long segment = take();
            if (segment == 0) {
                caches.free(burst, packets, 1);
                end = packets;
                return false;
            }
            int part = Math.min(left, room);
            Mbuf.received(segment, part, port);
            RawMemory.copy(from, at, Mbuf.data(segment), part);
            Mbuf.append(first, last, segment);
            last = segment;
            at += part;
            left -= part;
        }
        return true;
    }
}
