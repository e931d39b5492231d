// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.pmd.DmaRing;
import io.hotbus.pmd.eth.QueueSetup;
import java.util.List;

/**
 * The descriptors of one queue and its block of registers, which has the same layout for receive
 * (RDBAL ...) and transmit (TDBAL ...).
 *
 * <p>The descriptors are in host memory, so a burst writes one register, the doorbell, and reads
 * none. So a burst never waits for a device that is gone.
 */
final class E1000eRing implements AutoCloseable {
    private final E1000eChip chip;
    private final String prefix;
    private final String suffix;
    private final long registers;
    private final DmaRing memory;
    private final long base;

    private E1000eRing(E1000eChip chip, String prefix, int queue, long registers,
            DmaRing memory) {
        this.chip = chip;
        this.prefix = prefix;
        this.suffix = queue == 0 ? "" : Integer.toString(queue);
        this.registers = registers + queue * E1000eRegs.QUEUE_STRIDE;
        this.memory = memory;
        this.base = memory.address();
    }

    /**
     * Allocates the ring. Control thread.
     *
     * @param label     names the device and the queue
     * @param prefix    the prefix of its registers: {@code RD} or {@code TD}
     * @param registers the offset of RDBAL or TDBAL of the first queue
     * @throws DeviceException there is no memory, or the device cannot reach the ring or the pool;
     *     the message says what to do
     */
    static E1000eRing allocate(E1000eChip chip, String label, QueueSetup setup, String prefix,
            long registers, DmaAllocator allocator) throws DeviceException {
        chip.reach().requireBuffers(setup.pool(), label);
        DmaRing memory = DmaRing.allocate(allocator, label,
                new DmaRing.Layout(setup.descriptors(), E1000eDescriptor.BYTES),
                chip.device().function().numaNode(), chip.reach());
        return new E1000eRing(chip, prefix, setup.index(), registers, memory);
    }

    /** Whether the device counts as removed: no descriptor is believed then. */
    boolean isGone() {
        return chip.device().isGone();
    }

    /**
     * Reads the second word of descriptor {@code index}; all earlier writes of the chip are visible
     * after it.
     */
    long word(int index) {
        return RawMemory.getLongVolatile(wordAddress(index));
    }

    /** Reads the first word of descriptor {@code index}. */
    long firstWord(int index) {
        return RawMemory.getLong(E1000eDescriptor.at(base, index));
    }

    /** Writes descriptor {@code index}; the doorbell orders the write. */
    void write(int index, long iova, long word) {
        RawMemory.putLong(E1000eDescriptor.at(base, index), iova);
        RawMemory.putLong(wordAddress(index), word);
    }

    private long wordAddress(int index) {
        return E1000eDescriptor.at(base, index) + E1000eDescriptor.WORD;
    }

    /** Whether the chip has reported that it has done descriptor {@code index}. */
    boolean isDone(int index) {
        return (word(index) & E1000eDescriptor.DD) != 0;
    }

    /** Passes the descriptors before {@code tail} to the chip. */
    void doorbell(int tail) {
        chip.doorbell(at(E1000eRegs.RDT), tail);
    }

    /** Sets all descriptors to zero. The chip does not touch them. */
    void clear() {
        memory.clear();
    }

    /** Tells the chip the place of the empty ring. RCTL.EN or TCTL.EN is not set. */
    void writeRegisters(int dctl) {
        long iova = memory.iova();
        write(E1000eRegs.RDBAL, (int) iova);
        write(E1000eRegs.RDBAH, (int) (iova >>> Integer.SIZE));
        write(E1000eRegs.RDLEN, memory.bytes());
        write(E1000eRegs.RDH, 0);
        write(E1000eRegs.RDT, 0);
        write(E1000eRegs.RXDCTL, dctl);
    }

    /** The descriptor that the chip comes to next: RDH or TDH. */
    int head() {
        return chip.read(at(E1000eRegs.RDH));
    }

    /** The last doorbell: RDT or TDT. */
    int tail() {
        return chip.read(at(E1000eRegs.RDT));
    }

    /** {@code register} has its receive name. */
    private void write(long register, int value) {
        chip.write(at(register), value);
    }

    private long at(long register) {
        return registers + register - E1000eRegs.RDBAL;
    }

    /** The values that {@link #writeRegisters} has written, without head and tail. */
    List<E1000eSetup.Register> written() {
        long iova = memory.iova();
        return List.of(written("BAL", E1000eRegs.RDBAL, (int) iova),
                written("BAH", E1000eRegs.RDBAH, (int) (iova >>> Integer.SIZE)),
                written("LEN", E1000eRegs.RDLEN, memory.bytes()));
    }

    private E1000eSetup.Register written(String name, long register, int value) {
        return E1000eSetup.Register.of(prefix + name + suffix, at(register), value);
    }

    /** Frees the memory. The chip cannot reach it by then. Idempotent. */
    @Override
    public void close() {
        memory.close();
    }
}
