// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif.packet;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.netif.UnderlyingInterface;
import io.hotbus.os.Errno;
import io.hotbus.os.PacketCalls;
import io.hotbus.pmd.eth.PacketCopy;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * Copies packets into a transmit ring, and tells the kernel once for each burst. Buffers are given
 * back at once. Frames that the kernel would refuse are counted as errors, as it drops them without
 * a word.
 */
public final class PacketTxQueue implements TxQueue {
    // struct tpacket3_hdr
    private static final int NEXT = 0;
    private static final int LENGTH = 16;
    private static final int STATUS = 20;
    private static final int TP_STATUS_AVAILABLE = 0;
    private static final int TP_STATUS_SEND_REQUEST = 1;
    /** ETH_P_8021Q, as it is in memory. The kernel allows such frames four bytes more. */
    private static final short TAGGED = Short.reverseBytes((short) 0x8100);
    private static final int VLAN = 0x8100;
    /** The kernel may end before the last frame, for example if the interface is congested. */
    private static final int KICKS = 4;

    private final PacketCalls packets;
    private final QueueCounters counters;
    private final Mempool pool;
    private final PacketCopy copy;
    private final boolean insertVlan;
    private final UnderlyingInterface netif;
    private long[] frames = {};
    private int frameRoom;
    private int fd;
    private int next;
    private boolean gone;
    private boolean stopped = true;
    /** Bytes of the longest frame without a tag, in the present burst. */
    private int longest;

    /**
     * Creates a queue without a ring.
     *
     * @param insertVlan whether the tags of packets that ask for it are put into the frames
     */
    public PacketTxQueue(PacketCalls packets, QueueSetup setup, boolean insertVlan,
            UnderlyingInterface netif) {
        this.packets = packets;
        this.counters = setup.counters();
        this.pool = setup.pool();
        this.copy = new PacketCopy(setup);
        this.insertVlan = insertVlan;
        this.netif = netif;
    }

    /** Sends from the ring of that socket from now on. Control threads, while no burst runs. */
    public void open(PacketSocket socket) {
        final RingLayout layout = socket.layout();
        fd = socket.fd();
        frameRoom = layout.frameSize() - RingLayout.TX_HEADER;
        frames = new long[layout.frames()];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = socket.ring() + layout.offset(i);
        }
        next = 0;
        gone = false;
        stopped = false;
    }

    /**
     * Sends nothing from now on. What the kernel has not taken stays in the ring of the socket, for
     * {@link #takeBack}. Control threads, while no burst runs.
     */
    public void stop() {
        stopped = true;
    }

    /** Forgets the ring, whose socket may be closed then. Control threads, while no burst runs. */
    public void close() {
        stopped = true;
        frames = new long[0];
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (gone || stopped) {
            return 0;
        }
        longest = netif.mtu() + FrameBytes.HEADER;
        int taken = 0;
        int refused = 0;
        long bytes = 0;
        while (taken < count && isFree(frames[next])) {
            final int sent = put(mbufs[taken++], frames[next]);
            if (sent == 0) {
                refused++;
                continue;
            }
            bytes += sent;
            next = next + 1 == frames.length ? 0 : next + 1;
        }
        kick();
        if (gone) {
            refused = taken;
            bytes = 0;
        }
        caches.free(mbufs, 0, taken);
        counters.add(taken - refused, bytes);
        if (refused != 0) {
            counters.addErrors(refused);
        }
        return taken;
    }

    private static boolean isFree(long frame) {
        return RawMemory.getIntVolatile(frame + STATUS) == TP_STATUS_AVAILABLE;
    }

    /** Copies a packet into a free frame. Returns its length, or 0 if it cannot be sent. */
    private int put(long mbuf, long frame) {
        final int tag = insertVlan && (Mbuf.flags(mbuf) & MbufFlags.TX_VLAN) != 0
                ? FrameBytes.TAG : 0;
        final int length = Mbuf.length(mbuf) + tag;
        if (length < FrameBytes.HEADER + tag || length > frameRoom
                || length > longest + FrameBytes.TAG) {
            return 0;
        }
        final long data = frame + RingLayout.TX_HEADER;
        PacketCopy.out(mbuf, 0, data + tag, length - tag);
        if (tag != 0) {
            FrameBytes.putTagged(data + tag, data, VLAN, Mbuf.vlanTci(mbuf));
        }
        if (length > longest && RawMemory.getShort(data + FrameBytes.ADDRESSES) != TAGGED) {
            return 0;
        }
        RawMemory.putInt(frame + NEXT, 0);
        RawMemory.putInt(frame + LENGTH, length);
        RawMemory.putIntRelease(frame + STATUS, TP_STATUS_SEND_REQUEST);
        return length;
    }

    /** Tells the kernel, again if it has ended before the last frame. */
    private void kick() {
        final long last = frames[(next == 0 ? frames.length : next) - 1];
        int result = 0;
        for (int i = 0; i < KICKS && result != -Errno.ENETDOWN && !gone
                && (i == 0 || isWaiting(last)); i++) {
            result = packets.kick(fd);
            gone = result == -Errno.ENXIO || result == -Errno.ENODEV;
        }
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    /** Copies what the kernel has not taken from the ring into new packets, while there are any. */
    @Override
    public int takeBack(MempoolCaches caches, long[] mbufs, int count) {
        int taken = 0;
        for (int i = 0; i < frames.length && taken < count; i++) {
            final long frame = frames[(next + i) % frames.length];
            if (isWaiting(frame)) {
                final long packet = copy.in(caches.of(pool), frame + RingLayout.TX_HEADER,
                        RawMemory.getInt(frame + LENGTH));
                RawMemory.putIntRelease(frame + STATUS, TP_STATUS_AVAILABLE);
                if (packet != 0) {
                    mbufs[taken++] = packet;
                } else {
                    counters.addErrors(1);
                }
            }
        }
        return taken;
    }

    private static boolean isWaiting(long frame) {
        return RawMemory.getIntVolatile(frame + STATUS) == TP_STATUS_SEND_REQUEST;
    }
}
