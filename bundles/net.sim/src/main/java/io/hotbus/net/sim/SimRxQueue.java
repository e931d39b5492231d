// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCache;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;

/**
 * A receive queue. Descriptors from {@code next} on, {@code armed} of them, hold a buffer and are
 * the hardware's; the others are empty.
 */
final class SimRxQueue extends SimQueue implements RxQueue {
    /** Descriptors are filled again this many at a time. */
    private static final int REFILL = 32;

    private final int portId;
    private final int maxLength;
    private final QueueCounters counters;
    private final long[] fresh = new long[REFILL];
    /** The next descriptor that the hardware will have done. */
    private int next;
    private int armed;

    SimRxQueue(SimBars bars, int index, int descriptors, Mempool pool, int portId,
            QueueCounters counters) {
        super(bars, SimRegs.rxQueue(index), ringOffset(2 * index), descriptors, pool,
                "receive queue " + index);
        this.portId = portId;
        this.maxLength = Math.min(pool.dataRoom(), SimDescriptor.MAX_LENGTH);
        this.counters = counters;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (gone) {
            return 0;
        }
        int received = 0;
        long bytes = 0;
        while (received < count) {
            long done = rings.read64(word(next));
            if ((done & SimDescriptor.DD) == 0) {
                break;
            }
            if (done == SimRegs.GONE64) {
                gone = true;
                break;
            }
            if (armed == 0) {
                break;
            }
            int length = (int) (done & SimDescriptor.LENGTH_MASK);
            long mbuf = take();
            if (length == 0 || length > maxLength || (done & SimDescriptor.RX_RXE) != 0) {
                drop(caches, mbuf);
                continue;
            }
            Mbuf.received(mbuf, length, portId);
            mbufs[received++] = mbuf;
            bytes += length;
        }
        if (received > 0) {
            counters.add(received, bytes);
        }
        if (mask - armed >= REFILL && !gone) {
            refill(caches.of(pool()));
        }
        return received;
    }

    /** The buffer of the descriptor that is done. */
    private long take() {
        long mbuf = buffers[next];
        next = (next + 1) & mask;
        armed--;
        return mbuf;
    }

    private void drop(MempoolCaches caches, long mbuf) {
        counters.addErrors(1);
        fresh[0] = mbuf;
        caches.put(fresh, 0, 1);
    }

    /** Fills what is empty, but for one descriptor: RDT = RDH means that there is none. */
    private void refill(MempoolCache cache) {
        int index = (next + armed) & mask;
        while (mask - armed >= REFILL) {
            int got = cache.get(fresh, 0, REFILL);
            for (int i = 0; i < got; i++) {
                arm(index, fresh[i]);
                index = (index + 1) & mask;
            }
            armed += got;
            if (got < REFILL) {
                counters.addNoMbuf();
                break;
            }
        }
        ring(index);
    }

    private void arm(int index, long mbuf) {
        buffers[index] = mbuf;
        rings.plainWrite64(descriptor(index), Mbuf.receiveIova(mbuf));
        rings.plainWrite64(word(index), 0);
    }

    /** Buffers that were in the ring when it was stopped go back, too: all are alike. */
    @Override
    int prepare() throws DeviceException {
        returnBuffers();
        while (armed < mask) {
            int got = pool().getPatiently(
                    toString(), fresh, 0, Math.min(REFILL, mask - armed));
            if (got == 0) {
                int missing = mask - armed;
                returnBuffers();
                throw new DeviceException("%s: mempool %s lacks %s of the %s buffers it needs"
                        .formatted(this, pool().name(), missing, mask));
            }
            for (int i = 0; i < got; i++) {
                arm(armed++, fresh[i]);
            }
        }
        return armed;
    }

    @Override
    void returnBuffers() {
        for (; armed > 0; armed--) {
            giveBack(buffers[next]);
            next = (next + 1) & mask;
        }
        next = 0;
    }
}
