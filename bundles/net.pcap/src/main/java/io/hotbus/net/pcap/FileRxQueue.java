// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * Receives the frames of a capture, once. After the last one, or at a flaw, it receives nothing
 * until it is started again.
 */
final class FileRxQueue implements RxQueue {
    private final CaptureReader reader;
    private final QueueCounters counters;
    private final PacketBuilder builder;
    /** Whether the frame that the reader has found was not received yet, for want of buffers. */
    private boolean pending;
    /** Written by the lcore, after all that the reader says of its end; read by any thread. */
    private volatile boolean ended;

    FileRxQueue(CaptureReader reader, QueueSetup setup) {
        this.reader = reader;
        this.counters = setup.counters();
        this.builder = new PacketBuilder(setup);
    }

    /** Begins with the first frame. Control threads; no burst is running. */
    void start() {
        reader.rewind();
        pending = false;
        ended = false;
    }

    /** Whether the queue has stopped at a flaw of the capture. Any thread. */
    boolean metFlaw() {
        return ended && reader.hasFlaw();
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (ended) {
            return 0;
        }
        builder.begin(caches, mbufs, count);
        int n = 0;
        long bytes = 0;
        while (n < count && (pending || find())) {
            int length = reader.captured();
            long packet = builder.add(reader.bytes(), reader.dataAt(), length);
            pending = packet == 0;
            if (pending) {
                counters.addNoMbuf();
                break;
            }
            describe(packet);
            bytes += length;
            n++;
        }
        builder.end();
        counters.add(n, bytes);
        return n;
    }

    /** Goes to the next frame that can be received. */
    private boolean find() {
        while (reader.next()) {
            if (reader.captured() > 0 && builder.canHold(reader.captured())) {
                return true;
            }
            counters.addErrors(1);
        }
        if (reader.hasFlaw()) {
            counters.addErrors(1);
        }
        ended = true;
        return false;
    }

    private void describe(long packet) {
        long flags = 0;
        if (reader.timed()) {
            Mbuf.setTimestamp(packet, reader.time());
            flags = MbufFlags.RX_TIMESTAMP;
        }
        if (reader.original() > reader.captured()) {
            Mbuf.setOriginalLength(packet, reader.original());
            flags |= MbufFlags.RX_CUT;
        }
        if (flags != 0) {
            Mbuf.setFlags(packet, flags);
        }
    }
}
