// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.IovaMode;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import java.util.List;

/**
 * What the receive and the transmit queue have in common: the ring, and the buffers in it.
 *
 * <p>The descriptors lie in memory of ours, so a burst meets no register but the doorbell, which is
 * written only: nothing in it waits for a device that is gone. Control thread while the queue is
 * stopped; the burst of a started queue is an lcore's.
 */
abstract class E1000eQueue implements AutoCloseable {
    final E1000eChip chip;
    final int mask;
    /** The buffer of each descriptor; which of them are the queue's own the subclass knows. */
    final long[] buffers;

    private final Mempool pool;
    private final String label;
    private final E1000eRing ring;
    private final long base;

    /** {@code direction} for words: {@code receive}. */
    E1000eQueue(E1000eChip chip, String direction, int descriptors, Mempool pool,
            DmaAllocator allocator) throws DeviceException {
        this.chip = chip;
        this.mask = descriptors - 1;
        this.buffers = new long[descriptors];
        this.pool = pool;
        this.label = chip.device() + " " + direction + " queue 0";
        requireReachable(pool);
        this.ring = E1000eRing.allocate(allocator, chip.device(), label, descriptors);
        this.base = ring.address();
    }

    private void requireReachable(Mempool pool) throws DeviceException {
        chip.device().requireReachable(pool.memory());
        long page = pool.memory().pageSize();
        if (pool.memory().iovaMode() == IovaMode.PA
                && Mbuf.HEADER + Mbuf.HEADROOM + pool.dataRoom() > page) {
            throw new DeviceException(("%s: the buffers of mempool %s, with %s bytes for data, are "
                    + "not contiguous in pages of %s bytes: reserve hugepages")
                    .formatted(label, pool.name(), pool.dataRoom(), page));
        }
    }

    final Mempool pool() {
        return pool;
    }

    /** Address of descriptor {@code index}. */
    final long descriptor(int index) {
        return E1000eDescriptor.at(base, index);
    }

    /** Address of the second word of descriptor {@code index}. */
    final long word(int index) {
        return E1000eDescriptor.at(base, index) + E1000eDescriptor.WORD;
    }

    /**
     * An empty ring, in the block of registers that begins at {@code registers} (RDBAL or TDBAL):
     * both are laid out alike. The chip does not touch it yet.
     */
    final void writeRing(long registers, int dctl) {
        ring.clear();
        long iova = ring.iova();
        chip.write(registers, (int) iova);
        chip.write(registers + E1000eRegs.RDBAH - E1000eRegs.RDBAL, (int) (iova >>> Integer.SIZE));
        chip.write(registers + E1000eRegs.RDLEN - E1000eRegs.RDBAL, ring.bytes());
        chip.write(registers + E1000eRegs.RDH - E1000eRegs.RDBAL, 0);
        chip.write(registers + E1000eRegs.RDT - E1000eRegs.RDBAL, 0);
        // No delayed interrupts: write-backs would wait for their timers.
        chip.write(registers + E1000eRegs.RDTR - E1000eRegs.RDBAL, 0);
        chip.write(registers + E1000eRegs.RADV - E1000eRegs.RDBAL, 0);
        chip.write(registers + E1000eRegs.RXDCTL - E1000eRegs.RDBAL, dctl);
    }

    /** What {@link #writeRing} has put into that block of registers, but for head and tail. */
    final List<E1000eSetup.Register> ringRegisters(String prefix, long registers) {
        long iova = ring.iova();
        return List.of(
                E1000eSetup.Register.of(prefix + "BAL", registers, (int) iova),
                E1000eSetup.Register.of(prefix + "BAH",
                        registers + E1000eRegs.RDBAH - E1000eRegs.RDBAL,
                        (int) (iova >>> Integer.SIZE)),
                E1000eSetup.Register.of(prefix + "LEN",
                        registers + E1000eRegs.RDLEN - E1000eRegs.RDBAL, ring.bytes()));
    }

    /** Whether the chip has reported that it has done descriptor {@code index}. */
    final boolean isDone(int index) {
        return (RawMemory.getLongVolatile(word(index)) & E1000eDescriptor.DD) != 0;
    }

    /** Gives all buffers back, and the ring. The chip cannot reach memory any more. Idempotent. */
    @Override
    public final void close() {
        returnBuffers();
        ring.close();
    }

    /** Gives a buffer back, on a control thread. */
    final void giveBack(long mbuf) {
        pool.put(new long[] {mbuf}, 0, 1);
    }

    /** Gives the buffers in the ring back, each of them once. */
    abstract void returnBuffers();

    /** Names the device and the queue. */
    @Override
    public final String toString() {
        return label;
    }
}
