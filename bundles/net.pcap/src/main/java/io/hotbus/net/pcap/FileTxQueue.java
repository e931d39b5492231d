// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Writes frames to a capture file. Frames are collected in memory, and written when they are many,
 * or when the watch thread comes by: one system call for thousands of frames.
 *
 * <p>The lcore and the watch thread share the collected frames and the counters under a flag, which
 * the watch thread holds only while it exchanges two references. Only the thread that writes waits
 * for the file.
 */
final class FileTxQueue implements TxQueue {
    /** Bytes that are collected: a longest frame fits, and all stay in a CPU's cache. */
    static final int BUFFER = 320 << 10;
    private static final VarHandle BUSY;
    private static final int PATIENCE = 100;

    static {
        try {
            BUSY = MethodHandles.lookup().findVarHandle(FileTxQueue.class, "busy", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final CaptureFile file;
    private final RecordFormat format;
    private final WallClock clock;
    private final QueueCounters counters;
    /** 1 while a thread uses the fields below. */
    private int busy;
    private byte[] filling = new byte[BUFFER];
    private byte[] spare = new byte[BUFFER];
    private int used;
    private int frames;
    private long bytes;

    FileTxQueue(CaptureFile file, WallClock clock, QueueCounters counters) {
        this.file = file;
        this.format = file.format();
        this.clock = clock;
        this.counters = counters;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (file.isGone()) {
            return 0;
        }
        long now = clock.nanos();
        enter();
        int refused = 0;
        long added = 0;
        for (int i = 0; i < count; i++) {
            int length = Mbuf.length(mbufs[i]);
            if (length > CaptureReader.MAX_FRAME) {
                refused++;
                continue;
            }
            if (format.size(length) > BUFFER - used) {
                leave();
                flush();
                enter();
            }
            add(mbufs[i], length, now);
            added += length;
        }
        counters.add(count - refused, added);
        if (refused > 0) {
            counters.addErrors(refused);
        }
        leave();
        caches.free(mbufs, 0, count);
        return count;
    }

    private void add(long packet, int length, long now) {
        long flags = Mbuf.flags(packet);
        long time = (flags & MbufFlags.RX_TIMESTAMP) != 0 ? Mbuf.timestamp(packet) : now;
        long original = (flags & MbufFlags.RX_CUT) != 0
                ? Math.max(length, Mbuf.originalLength(packet)) : length;
        format.frame(filling, used, length, original, time);
        int at = used + format.dataAt();
        long segment = packet;
        for (int left = Mbuf.segments(packet); left > 0; left--) {
            int part = Mbuf.segmentLength(segment);
            RawMemory.copy(Mbuf.data(segment), filling, at, part);
            at += part;
            segment = Mbuf.next(segment);
        }
        used += format.size(length);
        frames++;
        bytes += length;
    }

    /** Writes the frames collected so far. Any thread. */
    void flush() {
        synchronized (file) {
            enter();
            byte[] full = filling;
            int length = used;
            int lostFrames = frames;
            long lostBytes = bytes;
            filling = spare;
            spare = full;
            used = 0;
            frames = 0;
            bytes = 0;
            leave();
            if (length > 0 && !file.write(full, length, lostFrames)) {
                enter();
                // They were counted as sent.
                counters.add(-lostFrames, -lostBytes);
                counters.addErrors(lostFrames);
                leave();
            }
        }
    }

    private void enter() {
        for (int tries = 1; !BUSY.compareAndSet(this, 0, 1); tries++) {
            if (tries % PATIENCE == 0) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private void leave() {
        BUSY.setRelease(this, 0);
    }
}
