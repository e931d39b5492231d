// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;

/**
 * A transmit queue. Descriptors from {@code oldest} on, {@code used} of them, hold a buffer: sent
 * or not, it has not been given back yet.
 *
 * <p>Every {@value #REPORT}th descriptor asks for a report, and when that one is done so are those
 * before it: completion costs one read for {@value #REPORT} packets. (DPDK: {@code tx_rs_thresh}.)
 */
final class SimTxQueue extends SimQueue implements TxQueue {
    /** Divides the ring, so that a batch never wraps. */
    private static final int REPORT = 32;

    private final QueueCounters counters;
    private int next;
    private int oldest;
    private int used;

    SimTxQueue(SimBars bars, int index, int descriptors, Mempool pool, QueueCounters counters) {
        super(bars, SimRegs.txQueue(index), ringOffset(2 * index + 1), descriptors, pool,
                "transmit queue " + index);
        this.counters = counters;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        // A descriptor that is free holds what this queue or the hardware wrote: never all-ones.
        if (gone || rings.read64(word(next)) == SimRegs.GONE64) {
            gone = true;
            return 0;
        }
        reclaim(caches);
        int sent = gone ? 0 : Math.min(count, mask - used);
        if (sent <= 0) {
            return 0;
        }
        long bytes = 0;
        for (int i = 0; i < sent; i++) {
            bytes += put(mbufs[i]);
        }
        used += sent;
        ring(next);
        counters.add(sent, bytes);
        return sent;
    }

    private int put(long mbuf) {
        int index = next;
        int length = Mbuf.length(mbuf);
        long command = length & SimDescriptor.LENGTH_MASK
                | SimDescriptor.TX_EOP | SimDescriptor.TX_IFCS;
        if ((index & (REPORT - 1)) == REPORT - 1) {
            command |= SimDescriptor.TX_RS;
        }
        buffers[index] = mbuf;
        rings.plainWrite64(descriptor(index), Mbuf.dataIova(mbuf));
        rings.plainWrite64(word(index), command);
        next = (index + 1) & mask;
        return length;
    }

    /** Gives back what the hardware reports as sent, a batch at a time. */
    private void reclaim(MempoolCaches caches) {
        while (used >= REPORT) {
            long report = rings.read64(word(oldest + REPORT - 1));
            gone = report == SimRegs.GONE64;
            if (gone || (report & SimDescriptor.DD) == 0) {
                return;
            }
            caches.put(buffers, oldest, REPORT);
            oldest = (oldest + REPORT) & mask;
            used -= REPORT;
        }
    }

    /** Frames that were not sent before the queue was stopped are lost. */
    @Override
    int prepare() {
        returnBuffers();
        return 0;
    }

    @Override
    void returnBuffers() {
        for (; used > 0; used--) {
            giveBack(buffers[oldest]);
            oldest = (oldest + 1) & mask;
        }
        next = 0;
        oldest = 0;
    }
}
