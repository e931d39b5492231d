// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.pmd.DmaReach;
import io.hotbus.pmd.DmaRing;
import io.hotbus.pmd.eth.QueueSetup;
import java.util.ArrayList;
import java.util.List;

/**
 * The descriptors of one queue and its block of registers.
 *
 * <p>The descriptors are in host memory, so a burst writes one register, the doorbell, and reads
 * none. So a burst never waits for a device that is gone.
 */
final class GigabitRing implements AutoCloseable {
    /** Of a descriptor, which has two words of 64 bits; little-endian. */
    private static final int BYTES = 16;
    private static final int SHIFT = 4;
    /** Offset of the second word. */
    private static final int WORD = 8;

    /**
     * What a queue writes into its block of registers.
     *
     * @param prefix    the prefix of their names: {@code R} or {@code T}
     * @param registers the offset of RDBAL or TDBAL of the first queue
     * @param dctl      RXDCTL or TXDCTL of a queue that works
     * @param own       registers of the family, by their offset from RDBAL or TDBAL
     */
    record Block(String prefix, long registers, int dctl, List<GigabitSetting> own) {
    }

    private final AbstractGigabitFunction chip;
    private final String prefix;
    private final int queue;
    private final long registers;
    private final int dctl;
    /** ENABLE, if the chip has it; it is both mask and value. */
    private final int enabled;
    private final List<GigabitSetting> own;
    private final DmaRing memory;
    private final long base;

    private GigabitRing(AbstractGigabitQueues queues, int queue, Block block, DmaRing memory) {
        this.chip = queues.chip();
        this.prefix = block.prefix();
        this.queue = queue;
        this.registers = block.registers() + queue * queues.layout().stride();
        this.dctl = block.dctl();
        this.enabled = dctl & QueueLayout.DCTL_ENABLE;
        this.own = block.own();
        this.memory = memory;
        this.base = memory.address();
    }

    /**
     * Allocates the ring. Control thread.
     *
     * @param label names the device and the queue
     * @throws DeviceException there is no memory, or the device cannot reach the ring or the pool;
     *     the message says what to do
     */
    static GigabitRing allocate(AbstractGigabitQueues queues, String label, QueueSetup setup,
            Block block, DmaAllocator allocator) throws DeviceException {
        PciDevice device = queues.chip().device();
        DmaReach reach = device::requireReachable;
        reach.requireBuffers(setup.pool(), label);
        DmaRing memory = DmaRing.allocate(allocator, label,
                new DmaRing.Layout(setup.descriptors(), BYTES), device.function().numaNode(),
                reach);
        return new GigabitRing(queues, setup.index(), block, memory);
    }

    /** Whether the device counts as removed: no descriptor is believed then. */
    boolean isGone() {
        return chip.isGone();
    }

    /**
     * Reads the second word of descriptor {@code index}; all earlier writes of the chip are visible
     * after it.
     */
    long word(int index) {
        return RawMemory.getLongVolatile(at(index) + WORD);
    }

    /** Reads the first word of descriptor {@code index}. */
    long firstWord(int index) {
        return RawMemory.getLong(at(index));
    }

    /** Writes descriptor {@code index}; the doorbell orders the write. */
    void write(int index, long first, long second) {
        RawMemory.putLong(at(index), first);
        RawMemory.putLong(at(index) + WORD, second);
    }

    private long at(int index) {
        return base + ((long) index << SHIFT);
    }

    /** Passes the descriptors before {@code tail} to the chip. */
    void doorbell(int tail) {
        chip.doorbell(registers + QueueLayout.TAIL, tail);
    }

    /** Sets all descriptors to zero. The chip does not touch them. */
    void clear() {
        memory.clear();
    }

    /** Tells the chip the place of the empty ring of a queue that is not enabled. */
    void writeRegisters() {
        long iova = memory.iova();
        write(QueueLayout.DCTL, 0);
        write(0, (int) iova);
        write(QueueLayout.BAH, (int) (iova >>> Integer.SIZE));
        write(QueueLayout.LEN, memory.bytes());
        write(QueueLayout.HEAD, 0);
        write(QueueLayout.TAIL, 0);
        own.forEach(setting -> write(setting.offset(), setting.value()));
    }

    /**
     * Enables the queue, and waits until it works.
     *
     * @throws DeviceException the device is gone or wedged
     */
    void enable() throws DeviceException {
        write(QueueLayout.DCTL, dctl);
        chip.require(registers + QueueLayout.DCTL, enabled, enabled,
                prefix + "XDCTL" + queue + ".ENABLE is not done");
    }

    /** The descriptor that the chip comes to next: RDH or TDH. */
    int head() {
        return chip.read(registers + QueueLayout.HEAD);
    }

    /** The last doorbell: RDT or TDT. */
    int tail() {
        return chip.read(registers + QueueLayout.TAIL);
    }

    private void write(long offset, int value) {
        chip.write(registers + offset, value);
    }

    /** The values that a started queue must have, without head and tail. */
    List<GigabitSetting> settings() {
        long iova = memory.iova();
        List<GigabitSetting> settings = new ArrayList<>(List.of(
                setting(prefix + "DBAL", 0, -1, (int) iova),
                setting(prefix + "DBAH", QueueLayout.BAH, -1, (int) (iova >>> Integer.SIZE)),
                setting(prefix + "DLEN", QueueLayout.LEN, -1, memory.bytes()),
                setting(prefix + "XDCTL", QueueLayout.DCTL, enabled, enabled)));
        own.forEach(s -> settings.add(setting(s.name(), s.offset(), s.mask(), s.value())));
        return settings;
    }

    private GigabitSetting setting(String name, long offset, int mask, int value) {
        return new GigabitSetting(name + queue, registers + offset, mask, value);
    }

    /** Frees the memory. The chip cannot reach it by then. Idempotent. */
    @Override
    public void close() {
        memory.close();
    }
}
