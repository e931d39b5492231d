// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCache;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.pmd.eth.PacketCopy;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.RxInterrupt;

/** Receives: copies frames of the receive ring into mbufs, and gives the frames back at once. */
final class XdpRxQueue implements RxQueue {
    /** In a descriptor: the packet goes on in the next one. */
    private static final int CONTINUES = 1;
    private static final int LENGTH = 8;
    private static final int OPTIONS = 12;

    private final int size;
    private final Mempool pool;
    private final PacketCopy copy;
    private final QueueCounters counters;
    private final boolean busyPoll;
    private final RxInterrupt interrupt;
    /** Null while the port is stopped. */
    private XskSocket socket;

    XdpRxQueue(QueueSetup setup, boolean busyPoll, RxInterrupt interrupt) {
        this.size = setup.descriptors();
        this.pool = setup.pool();
        this.copy = new PacketCopy(setup);
        this.counters = setup.counters();
        this.busyPoll = busyPoll;
        this.interrupt = interrupt;
    }

    /** Descriptors of the receive ring. */
    int size() {
        return size;
    }

    /** Starts with a new socket, to which it gives all receive frames. Control threads. */
    void start(XskSocket with) {
        XskRing fill = with.fill();
        int index = fill.produced();
        for (int i = 0; i < size; i++) {
            RawMemory.putLong(fill.entry(index + i), Umem.frame(i));
        }
        fill.produceUpTo(index + size);
        socket = with;
        interrupt.open(with.fd());
    }

    void stop() {
        interrupt.close();
        socket = null;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        XskSocket from = socket;
        if (from == null) {
            return 0;
        }
        XskRing rx = from.rx();
        int index = rx.consumed();
        int end = index + rx.available();
        MempoolCache cache = caches.of(pool);
        int received = 0;
        long bytes = 0;
        while (received < count && index != end) {
            int pieces = pieces(rx, index, end);
            if (pieces == 0) {
                break;
            }
            long packet = receive(cache, from, index, pieces);
            if (packet == 0) {
                counters.addNoMbuf();
                break;
            }
            index += pieces;
            mbufs[received++] = packet;
            bytes += Mbuf.length(packet);
        }
        if (received > 0) {
            giveBack(from, rx.consumed(), index);
            rx.consumeUpTo(index);
            counters.add(received, bytes);
        } else if (busyPoll || from.fill().needsWakeup()) {
            from.kick();
        }
        return received;
    }

    @Override
    public boolean wakeOnPacket(Runnable wake) {
        return interrupt.arm(wake);
    }

    /** How many descriptors the packet at {@code index} has; 0 if its last is not there yet. */
    private static int pieces(XskRing rx, int index, int end) {
        for (int i = index; i != end; i++) {
            if ((RawMemory.getInt(rx.entry(i) + OPTIONS) & CONTINUES) == 0) {
                return i - index + 1;
            }
        }
        return 0;
    }

    /** Copies a packet. Returns 0 if there are not enough buffers. */
    private long receive(MempoolCache cache, XskSocket from, int index, int pieces) {
        long descriptor = from.rx().entry(index);
        long packet = copy.in(cache, data(from, descriptor), length(descriptor));
        for (int i = 1; i < pieces && packet != 0; i++) {
            descriptor = from.rx().entry(index + i);
            packet = copy.append(cache, packet, data(from, descriptor), length(descriptor));
        }
        return packet;
    }

    private static long data(XskSocket from, long descriptor) {
        return from.umem().address(RawMemory.getLong(descriptor));
    }

    private static int length(long descriptor) {
        return RawMemory.getInt(descriptor + LENGTH);
    }

    /** Gives the frames of descriptors back to the kernel; the fill ring has room for all. */
    private static void giveBack(XskSocket to, int begin, int end) {
        XskRing fill = to.fill();
        int produced = fill.produced();
        for (int i = begin; i != end; i++) {
            RawMemory.putLong(fill.entry(produced++),
                    Umem.frameOf(RawMemory.getLong(to.rx().entry(i))));
        }
        fill.produceUpTo(produced);
    }
}
