// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.pmd.DmaRing;
import io.hotbus.pmd.eth.QueueSetup;
import java.util.List;

/**
 * The descriptors of one queue and its block of registers.
 *
 * <p>The descriptors are in host memory, so a burst writes one register, the doorbell, and reads
 * none. So a burst never waits for a device that is gone.
 */
final class AdvRing implements AutoCloseable {
    private final AdvHost host;
    private final String prefix;
    private final int queue;
    private final long registers;
    private final DmaRing memory;
    private final long base;

    private AdvRing(AdvHost host, String prefix, int queue, long registers, DmaRing memory) {
        this.host = host;
        this.prefix = prefix;
        this.queue = queue;
        this.registers = registers;
        this.memory = memory;
        this.base = memory.address();
    }

    /**
     * Allocates the ring. Control thread.
     *
     * @param label     names the device and the queue
     * @param prefix    the prefix of its registers: {@code R} or {@code T}
     * @param registers the offset of its RDBAL or TDBAL
     * @throws DeviceException there is no memory, or the device cannot reach the ring or the pool;
     *     the message says what to do
     */
    static AdvRing allocate(AdvHost host, String label, QueueSetup setup, String prefix,
            long registers, DmaAllocator allocator) throws DeviceException {
        host.reach().requireBuffers(setup.pool(), label);
        DmaRing memory = DmaRing.allocate(allocator, label,
                new DmaRing.Layout(setup.descriptors(), AdvDescriptor.BYTES), host.numaNode(),
                host.reach());
        return new AdvRing(host, prefix, setup.index(), registers, memory);
    }

    /** Whether the device counts as removed: no descriptor is believed then. */
    boolean isGone() {
        return host.isGone();
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
        return RawMemory.getLong(AdvDescriptor.at(base, index));
    }

    /** Writes descriptor {@code index}; the doorbell orders the write. */
    void write(int index, long first, long second) {
        RawMemory.putLong(AdvDescriptor.at(base, index), first);
        RawMemory.putLong(wordAddress(index), second);
    }

    private long wordAddress(int index) {
        return AdvDescriptor.at(base, index) + AdvDescriptor.WORD;
    }

    /** Passes the descriptors before {@code tail} to the chip. */
    void doorbell(int tail) {
        host.doorbell(registers + AdvLayout.TAIL, tail);
    }

    /** Sets all descriptors to zero. The chip does not touch them. */
    void clear() {
        memory.clear();
    }

    /** Tells the chip the place of the empty ring of a queue that is not enabled. */
    void writeRegisters() {
        long iova = memory.iova();
        write(AdvLayout.DCTL, 0);
        write(0, (int) iova);
        write(AdvLayout.BAH, (int) (iova >>> Integer.SIZE));
        write(AdvLayout.LEN, memory.bytes());
        write(AdvLayout.HEAD, 0);
        write(AdvLayout.TAIL, 0);
    }

    /**
     * Enables the queue, and waits until it works.
     *
     * @param thresholds what DCTL contains besides ENABLE
     * @throws DeviceException the device is gone or wedged
     */
    void enable(int thresholds) throws DeviceException {
        write(AdvLayout.DCTL, thresholds | AdvLayout.DCTL_ENABLE);
        host.require(registers + AdvLayout.DCTL, AdvLayout.DCTL_ENABLE, AdvLayout.DCTL_ENABLE,
                dctl() + ".ENABLE");
    }

    /** Begins to disable the queue. */
    void disable() {
        write(AdvLayout.DCTL, 0);
    }

    /**
     * Waits until the queue has ended.
     *
     * @throws DeviceException the device is gone or wedged
     */
    void requireDisabled() throws DeviceException {
        host.require(registers + AdvLayout.DCTL, AdvLayout.DCTL_ENABLE, 0, "end of " + dctl()
                + ".ENABLE");
    }

    private String dctl() {
        return prefix + "XDCTL" + queue;
    }

    /** The descriptor that the chip comes to next: RDH or TDH. */
    int head() {
        return host.read(registers + AdvLayout.HEAD);
    }

    /** The last doorbell: RDT or TDT. */
    int tail() {
        return host.read(registers + AdvLayout.TAIL);
    }

    /** Writes the register that is {@code offset} after RDBAL or TDBAL. */
    void write(long offset, int value) {
        host.write(registers + offset, value);
    }

    /** The values that a started queue must have, without head and tail. */
    List<AdvSetting> settings() {
        long iova = memory.iova();
        return List.of(setting(prefix + "DBAL", 0, (int) iova),
                setting(prefix + "DBAH", AdvLayout.BAH, (int) (iova >>> Integer.SIZE)),
                setting(prefix + "DLEN", AdvLayout.LEN, memory.bytes()),
                new AdvSetting(dctl(), registers + AdvLayout.DCTL, AdvLayout.DCTL_ENABLE,
                        AdvLayout.DCTL_ENABLE));
    }

    /** The setting of the register that is {@code offset} after RDBAL or TDBAL. */
    AdvSetting setting(String name, long offset, int value) {
        return AdvSetting.of(name + queue, registers + offset, value);
    }

    /** Frees the memory. The chip cannot reach it by then. Idempotent. */
    @Override
    public void close() {
        memory.close();
    }
}
