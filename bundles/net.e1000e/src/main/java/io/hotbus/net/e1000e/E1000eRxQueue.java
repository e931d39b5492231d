// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCache;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import java.util.List;

/**
 * The receive queue. Descriptors from {@code next} on, {@code armed} of them, hold a buffer and are
 * the chip's; the others are empty.
 *
 * <p>A frame that takes more than one buffer is dropped and counted, since a packet has one segment
 * here. It can be so only where the pool's buffers are smaller than a frame.
 */
final class E1000eRxQueue extends E1000eQueue implements RxQueue {
    /** Descriptors are filled again this many at a time. */
    private static final int REFILL = 32;
    private static final int MAX_BUFFER_SHIFT = 11;
    private static final int MIN_BUFFER_SHIFT = 8;

    private final int portId;
    /** The chip writes at most 2 to the power of this into a buffer. */
    private final int bufferShift;
    private final QueueCounters counters;
    private final long[] fresh = new long[REFILL];
    /** The next descriptor that the chip will have done. */
    private int next;
    private int armed;
    /** The buffer before {@code next} holds a frame that goes on in that of {@code next}. */
    private boolean inFrame;

    private E1000eRxQueue(E1000eChip chip, int descriptors, Mempool pool, DmaAllocator allocator,
            int portId, QueueCounters counters) throws DeviceException {
        super(chip, "receive", descriptors, pool, allocator);
        this.portId = portId;
        this.counters = counters;
        int fits = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(pool.dataRoom());
        this.bufferShift = Math.min(MAX_BUFFER_SHIFT, fits);
    }

    /** @throws DeviceException the pool's buffers are too small, or as the ring says */
    static E1000eRxQueue create(E1000eChip chip, int descriptors, Mempool pool,
            DmaAllocator allocator, int portId, QueueCounters counters) throws DeviceException {
        if (pool.dataRoom() < 1 << MIN_BUFFER_SHIFT) {
            throw new DeviceException("%s: the buffers of mempool %s have %s bytes for data, and %s"
                    .formatted(chip.device(), pool.name(), pool.dataRoom(), 1 << MIN_BUFFER_SHIFT)
                    + " are the least the 82574 can receive into (2048 hold any frame)");
        }
        return new E1000eRxQueue(chip, descriptors, pool, allocator, portId, counters);
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        int received = 0;
        long bytes = 0;
        while (received < count && armed > 0) {
            long done = RawMemory.getLongVolatile(word(next));
            if ((done & E1000eDescriptor.DD) == 0) {
                break;
            }
            long mbuf = take();
            int length = (int) (done & E1000eDescriptor.LENGTH_MASK);
            boolean whole = (done & (E1000eDescriptor.RX_EOP | E1000eDescriptor.RX_ERRORS))
                    == E1000eDescriptor.RX_EOP && !inFrame;
            if (!whole || length == 0 || length > 1 << bufferShift) {
                drop(caches, mbuf, done);
                continue;
            }
            Mbuf.received(mbuf, length, portId);
            mbufs[received++] = mbuf;
            bytes += length;
        }
        if (received > 0) {
            counters.add(received, bytes);
        }
        if (mask - armed >= REFILL) {
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

    /** A frame counts once, where it ends. */
    private void drop(MempoolCaches caches, long mbuf, long done) {
        inFrame = (done & E1000eDescriptor.RX_EOP) == 0;
        if (!inFrame) {
            counters.addErrors(1);
        }
        fresh[0] = mbuf;
        caches.put(fresh, 0, 1);
    }

    /** Fills what is empty, but for one descriptor: RDT = RDH means that there is none. */
    private void refill(MempoolCache cache) {
        int index = (next + armed) & mask;
        int filled = 0;
        int got = REFILL;
        while (got == REFILL && mask - armed - filled >= REFILL) {
            got = cache.get(fresh, 0, REFILL);
            for (int i = 0; i < got; i++) {
                arm(index, fresh[i]);
                index = (index + 1) & mask;
            }
            filled += got;
        }
        if (got < REFILL) {
            counters.addNoMbuf();
        }
        if (filled > 0) {
            armed += filled;
            chip.write(E1000eRegs.RDT, index);
        }
    }

    private void arm(int index, long mbuf) {
        buffers[index] = mbuf;
        RawMemory.putLong(descriptor(index), Mbuf.receiveIova(mbuf));
        RawMemory.putLong(word(index), 0);
    }

    /**
     * Begins with a full ring; the chip does not receive yet.
     *
     * @throws DeviceException there are too few buffers in the pool
     */
    void prepare() throws DeviceException {
        returnBuffers();
        writeRing(E1000eRegs.RDBAL, E1000eRegs.DCTL_GRAN);
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
    }

    /** Hands the ring over. The chip is enabled: RDT is written after RCTL.EN. */
    void handOver() {
        chip.write(E1000eRegs.RDT, armed);
    }

    List<E1000eSetup.Register> ringRegisters() {
        return ringRegisters("RD", E1000eRegs.RDBAL);
    }

    /**
     * Whether the chip has passed a descriptor without reporting it; of a ring whose RDT has been
     * the same for long. From RDT on to RDH none is the chip's: each was done, and is not armed
     * again. Only that at RDT may never have been armed. Thread {@code interrupt}.
     */
    boolean lacksReports(int head, int tail) {
        for (int i = (tail + 1) & mask; i != (head & mask); i = (i + 1) & mask) {
            if (!isDone(i)) {
                return true;
            }
        }
        return false;
    }

    /** RCTL.BSIZE: 2048, 1024, 512 or 256 bytes. */
    int bsize() {
        return MAX_BUFFER_SHIFT - bufferShift << E1000eRegs.RCTL_BSIZE_SHIFT;
    }

    @Override
    void returnBuffers() {
        for (; armed > 0; armed--) {
            giveBack(buffers[next]);
            next = (next + 1) & mask;
        }
        next = 0;
        inFrame = false;
    }
}
