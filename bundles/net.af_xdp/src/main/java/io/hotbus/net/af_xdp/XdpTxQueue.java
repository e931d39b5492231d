// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.netif.UnderlyingInterface;
import io.hotbus.os.Errno;
import io.hotbus.pmd.eth.PacketCopy;
import io.hotbus.pmd.eth.QueueSetup;

/** Sends: copies packets into frames, puts these on the transmit ring, and tells the kernel. */
final class XdpTxQueue implements TxQueue {
    private static final int CONTINUES = 1;
    private static final int LENGTH = 8;
    private static final int OPTIONS = 12;
    /** In copy mode, the kernel sends that many frames in a system call, and then says EAGAIN. */
    private static final int KERNEL_BATCH = 32;
    /** The most descriptors of a packet. Source: {@code MAX_SKB_FRAGS} of Linux, at least. */
    private static final int MAX_PIECES = 17;

    private final int size;
    private final QueueCounters counters;
    private final UnderlyingInterface netif;
    /** Offsets of frames that are free; the first {@code free} are valid. */
    private final long[] frames;
    private int free;
    /** Bytes that a packet can have at most, whatever the MTU. */
    private int mostBytes;
    /** Null while the port is stopped. */
    private XskSocket socket;

    XdpTxQueue(QueueSetup setup, UnderlyingInterface netif) {
        this.size = setup.descriptors();
        this.counters = setup.counters();
        this.netif = netif;
        this.frames = new long[size];
    }

    /** Descriptors of the transmit ring. */
    int size() {
        return size;
    }

    /** Starts with a new socket. Control threads. */
    void start(XskSocket with) {
        mostBytes = Umem.CHUNK * (with.severalPieces() ? Math.min(MAX_PIECES, size) : 1);
        int first = with.umem().rxFrames();
        for (int i = 0; i < size; i++) {
            frames[i] = Umem.frame(first + i);
        }
        free = size;
        socket = with;
    }

    void stop() {
        socket = null;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        XskSocket to = socket;
        if (to == null) {
            return 0;
        }
        reclaim(to);
        int maxLength = Math.min(netif.mtu() + EthDevInfo.OVERHEAD, mostBytes);
        int begin = to.tx().produced();
        int next = begin;
        int taken = 0;
        int refused = 0;
        long bytes = 0;
        for (; taken < count; taken++) {
            int length = Mbuf.length(mbufs[taken]);
            if (length > maxLength || length == 0) {
                refused++;
                continue;
            }
            int pieces = (length + Umem.CHUNK - 1) / Umem.CHUNK;
            if (pieces > free) {
                break;
            }
            write(to, next, mbufs[taken], length);
            next += pieces;
            bytes += length;
        }
        to.tx().produceUpTo(next);
        counters.add(taken - refused, bytes);
        counters.addErrors(refused);
        caches.free(mbufs, 0, taken);
        if (free < size && to.tx().needsWakeup()) {
            kick(to, next - begin);
        }
        return taken;
    }

    private void reclaim(XskSocket to) {
        XskRing completion = to.completion();
        int index = completion.consumed();
        int end = index + completion.available();
        while (index != end) {
            frames[free++] = RawMemory.getLong(completion.entry(index++));
        }
        completion.consumeUpTo(index);
    }

    /** Copies a packet into as many frames as it needs, from the ring's entry {@code index} on. */
    private void write(XskSocket to, int index, long packet, int length) {
        int entry = index;
        for (int from = 0; from < length; from += Umem.CHUNK) {
            int piece = Math.min(length - from, Umem.CHUNK);
            long frame = frames[--free];
            PacketCopy.out(packet, from, to.umem().address(frame), piece);
            long descriptor = to.tx().entry(entry++);
            RawMemory.putLong(descriptor, frame);
            RawMemory.putInt(descriptor + LENGTH, piece);
            RawMemory.putInt(descriptor + OPTIONS, from + piece < length ? CONTINUES : 0);
        }
    }

    private static void kick(XskSocket to, int descriptors) {
        int calls = descriptors / KERNEL_BATCH + 1;
        while (to.kick() == -Errno.EAGAIN && --calls > 0) {
            Thread.onSpinWait();
        }
    }
}
