// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.RxRing;
import java.util.List;

/** The receive queue. A frame that does not fit in one buffer is a chain of segments. */
final class E1000eRxQueue extends RxRing {
    private static final int MAX_BUFFER_SHIFT = 11;
    private static final int MIN_BUFFER_SHIFT = 8;

    private final E1000eRing ring;
    /** The chip writes at most 2 to the power of this into a buffer. */
    private final int bufferShift;

    /**
     * Creates the queue.
     *
     * @throws DeviceException the pool's buffers are too small, or the ring cannot be allocated
     */
    E1000eRxQueue(E1000eChip chip, QueueSetup setup, DmaAllocator allocator)
            throws DeviceException {
        super(setup, chip.device() + " receive queue " + setup.index());
        int dataRoom = setup.pool().dataRoom();
        if (dataRoom < 1 << MIN_BUFFER_SHIFT) {
            throw new DeviceException("%s: the buffers of mempool %s have %s bytes for data, and %s"
                    .formatted(chip.device(), setup.pool().name(), dataRoom, 1 << MIN_BUFFER_SHIFT)
                    + " are the least the 82574 can receive into (2048 hold any frame)");
        }
        int fits = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(dataRoom);
        this.bufferShift = Math.min(MAX_BUFFER_SHIFT, fits);
        this.ring = E1000eRing.allocate(
                chip, toString(), setup, "RD", E1000eRegs.RDBAL, allocator);
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        int received = 0;
        long bytes = 0;
        while (received < count && owned > 0) {
            long done = ring.word(first);
            if ((done & E1000eDescriptor.DD) == 0) {
                break;
            }
            long packet = receive(caches, done);
            if (packet != 0) {
                mbufs[received++] = packet;
                bytes += Mbuf.length(packet);
            }
        }
        if (received > 0) {
            counters.add(received, bytes);
        }
        refill(caches);
        return received;
    }

    /** Takes the next buffer. Returns the packet that ends in it; 0 if none does. */
    private long receive(MempoolCaches caches, long done) {
        int length = (int) (done & E1000eDescriptor.LENGTH_MASK);
        long flags = done & (E1000eDescriptor.RX_EOP | E1000eDescriptor.RX_ERRORS);
        boolean valid = length <= 1 << bufferShift && (flags & E1000eDescriptor.RX_ERRORS) == 0;
        long mbuf = take();
        if (flags == E1000eDescriptor.RX_EOP && length != 0 && valid && begins()) {
            Mbuf.received(mbuf, length, portId);
            return mbuf;
        }
        return join(caches, mbuf, valid ? length : 0, (flags & E1000eDescriptor.RX_EOP) != 0);
    }

    @Override
    protected void arm(int index, int count) {
        for (int i = 0; i < count; i++) {
            int at = (index + i) & mask;
            ring.write(at, Mbuf.receiveIova(buffers[at]), 0);
        }
    }

    @Override
    protected void ringDoorbell(int tail) {
        ring.doorbell(tail);
    }

    /**
     * Fills the ring; the chip does not receive yet.
     *
     * @throws DeviceException there are too few buffers in the pool
     */
    void prepare() throws DeviceException {
        ring.clear();
        ring.writeRegisters(E1000eRegs.DCTL_GRAN);
        fill();
    }

    /**
     * Passes the ring to the chip. The chip is enabled, because RDT must be written after RCTL.EN.
     */
    void handOver() {
        ring.doorbell(next());
    }

    List<E1000eSetup.Register> registersWritten() {
        return ring.written();
    }

    /**
     * Whether the chip has passed a descriptor without reporting it, in a ring whose RDT is
     * unchanged for long. The chip owns no descriptor from RDT to RDH: each was done and is not
     * armed again. Only the descriptor at RDT may never have been armed. Thread {@code interrupt}.
     */
    boolean lacksReports(int head, int tail) {
        for (int i = (tail + 1) & mask; i != (head & mask); i = (i + 1) & mask) {
            if (!ring.isDone(i)) {
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
    public void close() {
        super.close();
        ring.close();
    }
}
