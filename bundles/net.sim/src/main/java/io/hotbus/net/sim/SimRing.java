// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.pmd.Registers;

/** The registers and the descriptors of one queue, as the driver sees them. */
final class SimRing {
    private final SimBars bars;
    private final Mmio memory;
    private final long registers;
    private final long base;
    private final int descriptors;

    /**
     * The largest rings lie side by side in BAR2.
     *
     * @param registers where the queue's block of registers is in BAR0
     * @param place     which ring it is: receive and transmit of queue 0, of queue 1 ...
     */
    SimRing(SimBars bars, long registers, int place, int descriptors) {
        this.bars = bars;
        this.memory = bars.rings();
        this.registers = registers;
        this.base = (long) place * SimRegs.MAX_DESCRIPTORS * SimDescriptor.BYTES;
        this.descriptors = descriptors;
    }

    /** The second word of descriptor {@code index}; what the hardware wrote before it is seen. */
    long word(int index) {
        return memory.read64(SimDescriptor.at(base, index) + SimDescriptor.WORD);
    }

    /** Writes descriptor {@code index}; the doorbell orders it. */
    void write(int index, long iova, long word) {
        long at = SimDescriptor.at(base, index);
        memory.plainWrite64(at, iova);
        memory.plainWrite64(at + SimDescriptor.WORD, word);
    }

    /** Tells the hardware that descriptors before {@code tail} are its own now. */
    void doorbell(int tail) {
        bars.registers().write32(registers + SimRegs.TAIL, tail);
    }

    /** Asks for an interrupt by another number than before, and orders later reads after it. */
    void askForInterrupt(int number) {
        bars.registers().write32(registers + SimRegs.RXIM, number);
        RawMemory.fullFence();
    }

    /** Sets all descriptors to zero. Control threads. */
    void clear() {
        for (int i = 0; i < descriptors; i++) {
            write(i, 0, 0);
        }
    }

    /**
     * Lets the NIC use the ring, of which no descriptor is its own yet. Control threads.
     *
     * @param bufferSize bytes a buffer holds
     * @param queue      names the queue
     * @throws DeviceException it was pulled out, or does not answer
     */
    void enable(int bufferSize, String queue) throws DeviceException {
        Registers bar0 = bars.registers();
        bar0.write64(registers + SimRegs.DBA, base);
        bar0.write32(registers + SimRegs.DLEN, descriptors * SimDescriptor.BYTES);
        bar0.write32(registers + SimRegs.SRRCTL, bufferSize);
        doorbell(0);
        bar0.write32(registers + SimRegs.DCTL, SimRegs.DCTL_ENABLE);
        if (!await(SimRegs.QUEUE_RUNNING)) {
            throw bars.failure(queue, "DCTL.ENABLE has no effect");
        }
    }

    /** Whether the NIC has said that it does not use the ring any more. Control threads. */
    boolean disable() {
        bars.registers().write32(registers + SimRegs.DCTL, 0);
        return await(0);
    }

    private boolean await(int state) {
        return bars.await(registers + SimRegs.QUEUE_STATUS, SimRegs.QUEUE_RUNNING, state);
    }
}
