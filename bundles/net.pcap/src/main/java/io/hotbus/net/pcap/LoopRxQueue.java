// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * Receives copies of the frames in memory, again and again. They are copies because a receiver may
 * write to its packets.
 */
final class LoopRxQueue implements RxQueue {
    private final FrameStore frames;
    private final QueueCounters counters;
    private final PacketBuilder builder;
    private int next;

    /** All frames fit in packets of the pool. */
    LoopRxQueue(FrameStore frames, QueueSetup setup) {
        this.frames = frames;
        this.counters = setup.counters();
        this.builder = new PacketBuilder(setup);
    }

    /** Begins with the first frame. Control threads; no burst is running. */
    void start() {
        next = 0;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        builder.begin(caches, mbufs, count);
        int n = 0;
        int frame = next;
        long bytes = 0;
        while (n < count) {
            int length = frames.length(frame);
            long packet = builder.add(frames.bytes(), frames.begin(frame), length);
            if (packet == 0) {
                counters.addNoMbuf();
                break;
            }
            if (frames.original(frame) > length) {
                Mbuf.setOriginalLength(packet, frames.original(frame));
                Mbuf.setFlags(packet, MbufFlags.RX_CUT);
            }
            bytes += length;
            n++;
            frame = frame + 1 == frames.count() ? 0 : frame + 1;
        }
        builder.end();
        next = frame;
        counters.add(n, bytes);
        return n;
    }
}
