// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;
import java.util.List;

/**
 * The transmit queue. Descriptors from {@code oldest} on, {@code used} of them, hold a buffer: sent
 * or not, it has not been given back yet.
 *
 * <p>Every {@value #REPORT}th descriptor asks for a report, and when that one is done so are those
 * before it: completion costs one read for {@value #REPORT} packets. (DPDK: {@code tx_rs_thresh}.)
 */
final class E1000eTxQueue extends E1000eQueue implements TxQueue {
    /** Divides the ring, so that a batch never wraps. */
    private static final int REPORT = 32;

    private final QueueCounters counters;
    private final long[] refused = new long[1];
    private int next;
    private int oldest;
    private int used;

    E1000eTxQueue(E1000eChip chip, int descriptors, Mempool pool, DmaAllocator allocator,
            QueueCounters counters) throws DeviceException {
        super(chip, "transmit", descriptors, pool, allocator);
        this.counters = counters;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        reclaim(caches);
        int taken = Math.min(count, mask - used);
        if (taken <= 0) {
            return 0;
        }
        int sent = 0;
        long bytes = 0;
        for (int i = 0; i < taken; i++) {
            int length = Mbuf.length(mbufs[i]);
            if (length <= 0 || length > E1000eDescriptor.TX_MAX_LENGTH) {
                refuse(caches, mbufs[i]);
                continue;
            }
            put(mbufs[i], length);
            sent++;
            bytes += length;
        }
        if (sent > 0) {
            used += sent;
            chip.write(E1000eRegs.TDT, next);
            counters.add(sent, bytes);
        }
        return taken;
    }

    private void put(long mbuf, int length) {
        int index = next;
        long command = length | E1000eDescriptor.TX_EOP | E1000eDescriptor.TX_IFCS;
        if ((index & (REPORT - 1)) == REPORT - 1) {
            command |= E1000eDescriptor.TX_RS;
        }
        buffers[index] = mbuf;
        RawMemory.putLong(descriptor(index), Mbuf.dataIova(mbuf));
        RawMemory.putLong(word(index), command);
        next = (index + 1) & mask;
    }

    /** No chip can send it: it would stop there. */
    private void refuse(MempoolCaches caches, long mbuf) {
        counters.addErrors(1);
        refused[0] = mbuf;
        caches.put(refused, 0, 1);
    }

    /** Gives back what the chip reports as sent, a batch at a time. */
    private void reclaim(MempoolCaches caches) {
        while (used >= REPORT) {
            long report = RawMemory.getLongVolatile(word(oldest + REPORT - 1));
            if ((report & E1000eDescriptor.DD) == 0) {
                return;
            }
            caches.put(buffers, oldest, REPORT);
            oldest = (oldest + REPORT) & mask;
            used -= REPORT;
        }
    }

    List<E1000eSetup.Register> ringRegisters() {
        return ringRegisters("TD", E1000eRegs.TDBAL);
    }

    /**
     * Whether the chip has passed a descriptor without reporting it as it was asked to; of a ring
     * in which it has passed all. Thread {@code interrupt}.
     */
    boolean lacksReports() {
        for (int i = REPORT - 1; i <= mask; i += REPORT) {
            if ((RawMemory.getLongVolatile(word(i)) & E1000eDescriptor.TX_RS) != 0 && !isDone(i)) {
                return true;
            }
        }
        return false;
    }

    /** Begins with an empty ring. Frames that were not sent before the last stop are lost. */
    void prepare() {
        returnBuffers();
        writeRing(E1000eRegs.TDBAL, E1000eRegs.DCTL_GRAN | E1000eRegs.TXDCTL_COUNT_DESC);
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
