// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.tap;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.netif.UnderlyingInterface;
import io.hotbus.os.Errno;
import io.hotbus.os.PacketCalls;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * Writes packets to a tap interface, one system call for each, one native call for a burst. Buffers
 * are given back at once. A packet that the interface does not take, because it is too long or too
 * short, or the interface is down, is counted as an error.
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
        final int tried = frames.write(calls, fd, batch);
        for (int i = 0; i < tried; i++) {
            final int result = frames.frame(i);
            if (result < 0) {
                errors++;
                gone |= result == -Errno.EBADFD;
            } else {
                bytes += result;
            }
        }
        return tried;
    }
}
