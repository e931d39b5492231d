// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.tap;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCache;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.netif.UnderlyingInterface;
import io.hotbus.os.PacketCalls;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.RxInterrupt;

/**
 * Reads frames from a tap interface, one system call for each, one native call for a burst. The
 * kernel writes into the buffers themselves; those that stay empty are given back at once. When the
 * interface is gone, every read fails, so nothing is received.
 */
final class TapRxQueue implements RxQueue {
    private final PacketCalls calls;
    private final FrameBurst frames;
    private final int fd;
    private final int portId;
    private final Mempool pool;
    private final QueueCounters counters;
    private final int room;
    private final UnderlyingInterface netif;
    private final RxInterrupt interrupt;
    private final long[] buffers = new long[FrameBurst.BUFFERS];
    /** The next buffer that holds a part of a frame, while a burst is made. */
    private int used;
    /** Bytes received in the present burst. */
    private long bytes;

    TapRxQueue(PacketCalls calls, FrameBurst frames, int fd, QueueSetup setup,
            UnderlyingInterface netif, RxInterrupt interrupt) {
        this.calls = calls;
        this.frames = frames;
        this.fd = fd;
        this.portId = setup.portId();
        this.pool = setup.pool();
        this.counters = setup.counters();
        this.room = setup.pool().dataRoom();
        this.netif = netif;
        this.interrupt = interrupt;
    }

    /** Control threads, while no burst runs, as is {@link #stop}. */
    void start() {
        interrupt.open(fd);
    }

    void stop() {
        interrupt.close();
    }

    @Override
    public boolean wakeOnPacket(Runnable wake) {
        return interrupt.arm(wake);
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        final MempoolCache cache = caches.of(pool);
        // A byte more than the longest frame, to notice one that was cut.
        final int segments = Math.min(Mbuf.MAX_COUNT,
                (netif.mtu() + EthDevInfo.OVERHEAD + room) / room);
        bytes = 0;
        int received = 0;
        boolean more = true;
        while (more && received < count) {
            final int wanted = Math.min(FrameBurst.FRAMES, count - received);
            final int got = cache.get(buffers, 0,
                    Math.min(FrameBurst.BUFFERS, wanted + segments - 1));
            final int read = got < segments ? 0 : read(wanted, got, segments);
            used = 0;
            for (int i = 0; i < read; i++) {
                if (take(caches, mbufs, received, frames.frame(i), segments)) {
                    received++;
                }
            }
            cache.put(buffers, used, got - used);
            if (got < segments) {
                counters.addNoMbuf();
            }
            more = read == wanted || read > 0 && used + segments > got;
        }
        counters.add(received, bytes);
        return received;
    }

    private int read(int wanted, int got, int segments) {
        for (int i = 0; i < got; i++) {
            Mbuf.reset(buffers[i]);
            frames.buffer(i, Mbuf.data(buffers[i]), room);
        }
        return frames.read(calls, fd, wanted, got, segments);
    }

    /** Makes a packet of the next buffers. Returns whether the frame in them is whole. */
    private boolean take(MempoolCaches caches, long[] mbufs, int index, int length, int segments) {
        final long packet = buffers[used++];
        Mbuf.received(packet, Math.min(room, length), portId);
        long last = packet;
        for (int left = length - room; left > 0; left -= room) {
            final long segment = buffers[used++];
            Mbuf.received(segment, Math.min(room, left), portId);
            Mbuf.append(packet, last, segment);
            last = segment;
        }
        mbufs[index] = packet;
        if (length == segments * room) {
            counters.addErrors(1);
            caches.free(mbufs, index, 1);
            return false;
        }
        bytes += length;
        return true;
    }
}
