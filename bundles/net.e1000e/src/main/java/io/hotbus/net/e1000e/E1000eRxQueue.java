// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.RxRing;
import io.hotbus.pmd.pci.NicQueue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A receive queue. A frame that does not fit in one buffer is a chain of segments. The format of
 * its descriptors is chosen when the queue is set up, so that a port without offloads does not pay
 * for them.
 */
abstract class E1000eRxQueue extends RxRing implements NicQueue {
    private static final int MAX_BUFFER_SHIFT = 14;
    private static final int MIN_BUFFER_SHIFT = 8;
    /** The largest size without RCTL.BSEX, and the size that would be the largest with it. */
    private static final int SMALL_SHIFT = 11;
    private static final int LARGE_SHIFT = 15;

    /** The descriptors. */
    protected final E1000eRing ring;
    /** The chip writes at most so many bytes, a power of two, into a buffer. */
    protected final int bufferSize;
    private final int bufferShift;
    private final int index;
    private final E1000eInterrupt interrupt;

    /**
     * Creates the queue.
     *
     * @throws DeviceException the pool's buffers are too small, or the ring cannot be allocated
     */
    E1000eRxQueue(E1000eChip chip, QueueSetup setup, DmaAllocator allocator,
            E1000eInterrupt interrupt) throws DeviceException {
        super(setup, chip.device() + " receive queue " + setup.index());
        int dataRoom = setup.pool().dataRoom();
        if (dataRoom < 1 << MIN_BUFFER_SHIFT) {
            throw new DeviceException("%s: the buffers of mempool %s have %s bytes for data, and %s"
                    .formatted(chip.device(), setup.pool().name(), dataRoom, 1 << MIN_BUFFER_SHIFT)
                    + " are the least the 82574 can receive into (2048 hold any frame of an MTU "
                    + "of 1500)");
        }
        int fits = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(dataRoom);
        this.bufferShift = Math.min(MAX_BUFFER_SHIFT, fits);
        this.bufferSize = 1 << bufferShift;
        this.index = setup.index();
        this.interrupt = interrupt;
        this.ring = E1000eRing.allocate(
                chip, toString(), setup, "RD", E1000eRegs.RDBAL, allocator);
    }

    /** Whether the chip has reported that it has done descriptor {@code index}. */
    protected abstract boolean isDone(int index);

    @Override
    public final boolean wakeOnPacket(Runnable wake) {
        boolean armed = interrupt.arm(index, wake);
        if (armed && owned > 0 && isDone(first)) {
            interrupt.wake(index);
        }
        return armed;
    }

    @Override
    protected final void arm(int index, int count) {
        for (int i = 0; i < count; i++) {
            int at = (index + i) & mask;
            ring.write(at, Mbuf.receiveIova(buffers[at]), 0);
        }
    }

    @Override
    protected final void ringDoorbell(int tail) {
        ring.doorbell(tail);
    }

    /**
     * Fills the ring; the chip does not receive yet.
     *
     * @throws DeviceException there are too few buffers in the pool
     */
    final void prepare() throws DeviceException {
        ring.clear();
        ring.writeRegisters(E1000eRegs.DCTL_GRAN);
        fill();
    }

    /**
     * Passes the ring to the chip. The chip is enabled, because RDT must be written after RCTL.EN.
     */
    final void handOver() {
        ring.doorbell(next());
    }

    /** RDT: it also stands still if no frame arrives, or the queue is not polled. */
    @Override
    public final long state() {
        return ring.tail();
    }

    @Override
    public final Optional<String> whyStuck(Duration limit) {
        return lacksReports()
                ? Optional.of("it has received frames, and has not reported them")
                : Optional.empty();
    }

    final List<E1000eSetup.Register> registersWritten() {
        return ring.written();
    }

    /**
     * Whether the chip has passed a descriptor without reporting it, in a ring whose RDT is
     * unchanged for long. The chip owns no descriptor from RDT to RDH: each was done and is not
     * armed again. Only the descriptor at RDT may never have been armed.
     */
    private boolean lacksReports() {
        int tail = ring.tail();
        int head = ring.head();
        for (int i = (tail + 1) & mask; i != (head & mask); i = (i + 1) & mask) {
            if (!isDone(i)) {
                return true;
            }
        }
        return false;
    }

    /** RCTL.BSIZE: 2048, 1024, 512 or 256 bytes; with RCTL.BSEX 16384, 8192 or 4096 bytes. */
    final int bsize() {
        return bufferShift <= SMALL_SHIFT
                ? SMALL_SHIFT - bufferShift << E1000eRegs.RCTL_BSIZE_SHIFT
                : LARGE_SHIFT - bufferShift << E1000eRegs.RCTL_BSIZE_SHIFT | E1000eRegs.RCTL_BSEX;
    }

    @Override
    public final void close() {
        super.close();
        ring.close();
    }
}
