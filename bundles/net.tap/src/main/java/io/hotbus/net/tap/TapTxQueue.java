// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.tap;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.netif.NetInterface;
import io.hotbus.netif.UnderlyingInterface;
import io.hotbus.os.Errno;
import io.hotbus.os.PacketCalls;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * Writes packets to a tap interface, one system call for each, one native call for a burst. Buffers
 * are given back at once. A packet that is too long or too short is counted as an error. While the
 * interface is down, or gone, no packet is taken.
 */
final class TapTxQueue implements TxQueue {
    private static final int ETHERNET_HEADER = 14;

    private final PacketCalls calls;
    private final FrameBurst frames;
    private final int fd;
    private final QueueCounters counters;
    private final UnderlyingInterface netif;
    private long bytes;
    private int errors;
    private boolean gone;
    /** What was known of the interface when it took no packet; null if it took the last one. */
    private NetInterface refusing;

    TapTxQueue(PacketCalls calls, FrameBurst frames, int fd, QueueSetup setup,
            UnderlyingInterface netif) {
        this.calls = calls;
        this.frames = frames;
        this.fd = fd;
        this.counters = setup.counters();
        this.netif = netif;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (gone) {
            return 0;
        }
        bytes = 0;
        errors = 0;
        final int longest = netif.mtu() + EthDevInfo.OVERHEAD;
        int taken = 0;
        boolean blocked = false;
        while (taken < count && !blocked) {
            final int batch = collect(mbufs, taken, count, longest);
            if (batch == 0) {
                errors++;
                taken++;
            } else {
                final int written = write(batch);
                taken += written;
                blocked = written < batch;
            }
        }
        caches.free(mbufs, 0, taken);
        counters.add(taken - errors, bytes);
        if (errors != 0) {
            counters.addErrors(errors);
        }
        return taken;
    }

    /**
     * Also when the interface took no packet, until the kernel tells anything new of it: one that
     * is deleted is down at first.
     */
    @Override
    public boolean isGone() {
        return gone || refusing != null && refusing == netif.now();
    }

    /** Collects packets from {@code from} on, up to one that cannot be sent. Returns how many. */
    private int collect(long[] mbufs, int from, int count, int longest) {
        int batch = 0;
        int buffers = 0;
        while (batch < FrameBurst.FRAMES && from + batch < count) {
            final long packet = mbufs[from + batch];
            final int length = Mbuf.length(packet);
            final int segments = Mbuf.segments(packet);
            if (length < ETHERNET_HEADER || length > longest
                    || buffers + segments > FrameBurst.BUFFERS) {
                break;
            }
            long segment = packet;
            for (int left = segments; left > 0; left--) {
                frames.buffer(buffers++, Mbuf.data(segment), Mbuf.segmentLength(segment));
                segment = Mbuf.next(segment);
            }
            frames.frame(batch++, segments);
        }
        return batch;
    }

    /** Writes what was collected. Returns how many packets were tried. */
    private int write(int batch) {
        final NetInterface now = netif.now();
        final int tried = frames.write(calls, fd, batch);
        final boolean refused = tried < batch && frames.frame(tried) < 0;
        refusing = refused ? now : null;
        gone = refused && frames.frame(tried) == -Errno.EBADFD;
        for (int i = 0; i < tried; i++) {
            final int result = frames.frame(i);
            if (result < 0) {
                errors++;
            } else {
                bytes += result;
            }
        }
        return tried;
    }
}
