// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.TxQueue;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Keeps the buffers of a transmit ring. A descriptor holds its buffer until the device has reported
 * the buffer as sent and the buffer was given back. A descriptor may also hold no buffer, for
 * example if it tells the device about the packets after it. The driver implements the burst.
 *
 * <p>Every {@value #REPORT}th descriptor asks for a report, which covers all descriptors before it.
 * Completion therefore costs one read for {@value #REPORT} packets. DPDK: {@code tx_rs_thresh}.
 */
@ConsumerType
public abstract non-sealed class TxRing extends RingQueue implements TxQueue {
    /** The descriptors per report. The number divides the ring, so that a batch never wraps. */
    protected static final int REPORT = 32;

    private final long[] refused = new long[1];
    /**
     * The descriptors from the oldest one to the last one that holds no buffer, the first segment
     * of several, or a buffer that has, or had, more than one reference; 0 if there is none.
     */
    private int uneven;
    /** Descriptors at the beginning of the ring that belong to a packet partly given back. */
    private int partial;

    /** {@code label} names the device and the queue. */
    protected TxRing(QueueSetup setup, String label) {
        super(setup, label);
    }

    /** The number of free descriptors: segments that fit now. */
    protected final int free() {
        return mask - owned;
    }

    /** Whether descriptor {@code index} asks for a report. */
    protected static boolean asksForReport(int index) {
        return (index & (REPORT - 1)) == REPORT - 1;
    }

    /** Whether a report is outstanding; {@link #reporting} returns its descriptor. */
    protected final boolean awaitsReport() {
        return owned >= REPORT;
    }

    /** The oldest descriptor whose report is outstanding. */
    protected final int reporting() {
        return first + REPORT - 1;
    }

    /** Whether a segment of the packet is empty; hardware does not accept empty segments. */
    protected static boolean lacksBytes(long packet) {
        long segment = packet;
        for (int left = Mbuf.segments(packet); left > 1; left--) {
            if (Mbuf.segmentLength(segment) <= 0) {
                return true;
            }
            segment = Mbuf.next(segment);
        }
        return Mbuf.segmentLength(segment) <= 0;
    }

    /** Puts a segment of a packet into the free descriptor {@code index}. */
    protected final void hold(int index, long segment) {
        buffers[index] = segment;
        if (!Mbuf.isPlain(segment)) {
            markUneven(index);
        }
    }

    /** Notes that the free descriptor {@code index} is used without a buffer. */
    protected final void holdNothing(int index) {
        buffers[index] = NO_BUFFER;
        markUneven(index);
    }

    private void markUneven(int index) {
        uneven = ((index - first) & mask) + 1;
    }

    /** Gives back the batch of buffers that the device has reported as sent. */
    protected final void reported(MempoolCaches caches) {
        giveBack(caches, REPORT);
    }

    /** Gives back the buffers of the {@code count} oldest descriptors, which do not wrap. */
    protected final void giveBack(MempoolCaches caches, int count) {
        if (uneven > 0 || partial > 0) {
            giveBackOneByOne(caches, count);
        } else {
            caches.put(buffers, first, count);
        }
        first = (first + count) & mask;
        owned -= count;
    }

    private void giveBackOneByOne(MempoolCaches caches, int count) {
        for (int i = first; i < first + count; i++) {
            if (buffers[i] != NO_BUFFER) {
                partial = (partial == 0 ? Mbuf.segments(buffers[i]) : partial) - 1;
                caches.freeSegment(buffers[i]);
            }
        }
        uneven = Math.max(0, uneven - count);
    }

    /**
     * Takes back the packets that the device has not reported as sent. The rest of a packet that
     * the device has reported in part counts as sent.
     */
    @Override
    public final int takeBack(MempoolCaches caches, long[] mbufs, int count) {
        int taken = 0;
        while (owned > 0 && taken < count) {
            long buffer = buffers[first];
            int descriptors = 1;
            if (partial > 0) {
                partial--;
                caches.freeSegment(buffer);
            } else if (buffer != NO_BUFFER) {
                descriptors = Mbuf.segments(buffer);
                mbufs[taken++] = buffer;
            }
            first = (first + descriptors) & mask;
            owned -= descriptors;
            uneven = Math.max(0, uneven - descriptors);
        }
        return taken;
    }

    @Override
    protected final void returnBuffers() {
        super.returnBuffers();
        uneven = 0;
        partial = 0;
    }

    /** Counts a packet that the device cannot send as an error, and gives its buffer back. */
    protected final void refuse(MempoolCaches caches, long mbuf) {
        counters.addErrors(1);
        refused[0] = mbuf;
        caches.free(refused, 0, 1);
    }
}
