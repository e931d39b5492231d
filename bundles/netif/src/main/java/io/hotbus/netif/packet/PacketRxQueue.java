// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif.packet;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCache;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.pmd.eth.PacketCopy;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.RxInterrupt;

/**
 * Copies frames out of a receive ring (TPACKET_V3). The kernel hands over a block at a time, with
 * frames one behind the other; the queue gives the block back after its last frame. No buffer
 * belongs to the queue between two bursts. When the interface is gone, no more blocks come.
 */
public final class PacketRxQueue implements RxQueue {
    // struct tpacket_block_desc
    private static final int BLOCK_STATUS = 8;
    private static final int BLOCK_FRAMES = 12;
    private static final int BLOCK_FIRST = 16;
    // struct tpacket3_hdr
    private static final int NEXT = 0;
    private static final int SECONDS = 4;
    private static final int NANOSECONDS = 8;
    private static final int SNAPPED_LENGTH = 12;
    private static final int LENGTH = 16;
    private static final int STATUS = 20;
    private static final int DATA = 24;
    private static final int VLAN_TCI = 32;
    private static final int VLAN_TYPE = 36;

    private static final int TP_STATUS_KERNEL = 0;
    private static final int TP_STATUS_USER = 1;
    private static final int TP_STATUS_CSUM_NOT_READY = 1 << 3;
    private static final int TP_STATUS_VLAN_VALID = 1 << 4;
    private static final int TP_STATUS_VLAN_TYPE_VALID = 1 << 6;
    private static final int TP_STATUS_CSUM_VALID = 1 << 7;
    private static final int VLAN = 0x8100;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /**
     * What the queue does beside receiving.
     *
     * @param stripVlan whether tags are taken out of the frames
     * @param tellChecksum whether the state of the checksum is told, rather than completed
     * @param timestamp whether packets get the time at which the kernel received them
     */
    public record Offloads(boolean stripVlan, boolean tellChecksum, boolean timestamp) {
    }

    private final int portId;
    private final Mempool pool;
    private final QueueCounters counters;
    private final Offloads offloads;
    private final RxInterrupt interrupt;
    private final int room;
    private final long[] extra = new long[Mbuf.MAX_COUNT];
    private PacketSocket socket;
    private long ring;
    private long end;
    private int blockSize;
    private long block;
    /** The next frame of the present block, and how many are left in it. */
    private long frame;
    private int left;
    /** Bytes received in the present burst. */
    private long bytes;

    /** Creates a queue without a ring. */
    public PacketRxQueue(QueueSetup setup, Offloads offloads, RxInterrupt interrupt) {
        this.portId = setup.portId();
        this.pool = setup.pool();
        this.counters = setup.counters();
        this.offloads = offloads;
        this.interrupt = interrupt;
        this.room = setup.pool().dataRoom();
    }

    /** Receives from that socket from now on. Control threads, while no burst runs. */
    public void open(PacketSocket from) {
        socket = from;
        ring = from.ring();
        end = ring + from.layout().bytes();
        blockSize = from.layout().blockSize();
        block = ring;
        left = 0;
        interrupt.open(from.fd());
    }

    /** Receives nothing from now on. Control threads, while no burst runs. */
    public void close() {
        interrupt.close();
        ring = 0;
        left = 0;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        int received = 0;
        bytes = 0;
        while (received < count && (left > 0 || nextBlock())) {
            final int wanted = Math.min(count - received, left);
            final MempoolCache cache = caches.of(pool);
            final int got = cache.get(mbufs, received, wanted);
            if (got == 0) {
                counters.addNoMbuf();
                break;
            }
            final int filled = fill(cache, mbufs, received, got);
            cache.put(mbufs, received + filled, got - filled);
            received += filled;
        }
        counters.add(received, bytes);
        return received;
    }

    /** The socket is readable until all blocks are given back. */
    @Override
    public boolean wakeOnPacket(Runnable wake) {
        if (ring != 0) {
            socket.takeError();
        }
        return interrupt.arm(wake);
    }

    private boolean nextBlock() {
        if (ring == 0
                || (RawMemory.getIntVolatile(block + BLOCK_STATUS) & TP_STATUS_USER) == 0) {
            return false;
        }
        left = RawMemory.getInt(block + BLOCK_FRAMES);
        frame = block + RawMemory.getInt(block + BLOCK_FIRST);
        if (left == 0) {
            giveBack();
        }
        return left > 0;
    }

    private void giveBack() {
        RawMemory.putIntRelease(block + BLOCK_STATUS, TP_STATUS_KERNEL);
        block += blockSize;
        if (block == end) {
            block = ring;
        }
    }

    /** Fills up to {@code got} buffers with frames of the present block; returns how many. */
    private int fill(MempoolCache cache, long[] mbufs, int from, int got) {
        int filled = 0;
        while (filled < got && left > 0) {
            final long now = frame;
            if (take(cache, mbufs[from + filled], now)) {
                filled++;
            }
            frame = now + RawMemory.getInt(now + NEXT);
            if (--left == 0) {
                giveBack();
            }
        }
        return filled;
    }

    /** Copies a frame into a buffer, and more buffers if it is long. Returns whether it could. */
    private boolean take(MempoolCache cache, long mbuf, long header) {
        final int length = RawMemory.getInt(header + SNAPPED_LENGTH);
        if (length != RawMemory.getInt(header + LENGTH)) {
            counters.addErrors(1);
            return false;
        }
        final int status = RawMemory.getInt(header + STATUS);
        final long data = header + Short.toUnsignedInt(RawMemory.getShort(header + DATA));
        if ((status & TP_STATUS_CSUM_NOT_READY) != 0 && !offloads.tellChecksum()) {
            L4Checksum.finish(data, length);
        }
        final boolean tagged = (status & TP_STATUS_VLAN_VALID) != 0 && !offloads.stripVlan();
        final int total = tagged ? length + FrameBytes.TAG : length;
        if (total <= room) {
            Mbuf.received(mbuf, total, portId);
            if (tagged) {
                putTagged(mbuf, data, header, status);
                PacketCopy.bytes(data + FrameBytes.ADDRESSES, Mbuf.data(mbuf)
                        + FrameBytes.ADDRESSES + FrameBytes.TAG, length - FrameBytes.ADDRESSES);
            } else {
                PacketCopy.bytes(data, Mbuf.data(mbuf), length);
            }
        } else if (!chain(cache, mbuf, data, length, tagged ? header : 0, status)) {
            return false;
        }
        describe(mbuf, header, status);
        bytes += total;
        return true;
    }

    private static void putTagged(long mbuf, long data, long header, int status) {
        FrameBytes.putTagged(data, Mbuf.data(mbuf), (status & TP_STATUS_VLAN_TYPE_VALID) == 0
                ? VLAN : Short.toUnsignedInt(RawMemory.getShort(header + VLAN_TYPE)),
                RawMemory.getInt(header + VLAN_TCI));
    }

    /** Copies a frame into a chain. {@code header} is 0 if no tag is to be put in. */
    private boolean chain(MempoolCache cache, long mbuf, long data, int length, long header,
            int status) {
        final int put = header == 0 ? 0 : FrameBytes.ADDRESSES + FrameBytes.TAG;
        final int taken = header == 0 ? 0 : FrameBytes.ADDRESSES;
        final int more = (put + length - taken + room - 1) / room - 1;
        if (more >= Mbuf.MAX_COUNT) {
            counters.addErrors(1);
            return false;
        }
        final int got = cache.get(extra, 0, more);
        if (got < more) {
            cache.put(extra, 0, got);
            counters.addNoMbuf();
            return false;
        }
        Mbuf.received(mbuf, room, portId);
        if (header != 0) {
            putTagged(mbuf, data, header, status);
        }
        PacketCopy.bytes(data + taken, Mbuf.data(mbuf) + put, room - put);
        int copied = taken + room - put;
        long last = mbuf;
        for (int i = 0; i < more; i++) {
            final int part = Math.min(room, length - copied);
            Mbuf.received(extra[i], part, portId);
            PacketCopy.bytes(data + copied, Mbuf.data(extra[i]), part);
            Mbuf.append(mbuf, last, extra[i]);
            last = extra[i];
            copied += part;
        }
        return true;
    }

    /** Writes the metadata of a packet for the offloads that are on. */
    private void describe(long mbuf, long header, int status) {
        long flags = 0;
        if (offloads.timestamp()) {
            flags = MbufFlags.RX_TIMESTAMP;
            Mbuf.setTimestamp(mbuf, NANOS_PER_SECOND
                    * Integer.toUnsignedLong(RawMemory.getInt(header + SECONDS))
                    + RawMemory.getInt(header + NANOSECONDS));
        }
        if (offloads.stripVlan() && (status & TP_STATUS_VLAN_VALID) != 0) {
            flags |= MbufFlags.RX_VLAN_STRIPPED;
            Mbuf.setVlanTci(mbuf, RawMemory.getInt(header + VLAN_TCI));
        }
        if (offloads.tellChecksum()) {
            if ((status & TP_STATUS_CSUM_NOT_READY) != 0) {
                flags |= MbufFlags.RX_L4_CKSUM_NONE;
            } else if ((status & TP_STATUS_CSUM_VALID) != 0) {
                flags |= MbufFlags.RX_L4_CKSUM_GOOD;
            }
        }
        if (flags != 0) {
            Mbuf.setFlags(mbuf, flags);
        }
    }
}
