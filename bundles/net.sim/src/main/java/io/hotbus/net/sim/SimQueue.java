// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.mem.Mempool;

/**
 * What receive and transmit queues of the driver side have in common: the ring, who owns which
 * buffer, starting, stopping and closing.
 *
 * <p>Control thread while the queue is stopped; the burst of a started queue is an lcore's.
 */
abstract class SimQueue {
    /** BAR2. */
    final Mmio rings;
    /** Where in BAR2 the ring begins. */
    final long ring;
    final int mask;
    /** The buffer of each descriptor; which of them are the queue's own the subclass knows. */
    final long[] buffers;
    /** All-ones was read where that cannot be. Until the queue is started again. */
    boolean gone;

    private final SimBars bars;
    private final long registers;
    private final String label;
    private final Mempool pool;

    /**
     * @param registers where the queue's block of registers is in BAR0
     * @param ring      where its ring is in BAR2
     * @param label     for words: {@code receive queue 0}
     */
    SimQueue(SimBars bars, long registers, long ring, int descriptors, Mempool pool, String label) {
        this.bars = bars;
        this.rings = bars.rings();
        this.registers = registers;
        this.ring = ring;
        this.mask = descriptors - 1;
        this.buffers = new long[descriptors];
        this.pool = pool;
        this.label = label;
    }

    /** The largest rings side by side: receive and transmit of queue 0, of queue 1 ... */
    static long ringOffset(int number) {
        return (long) number * SimRegs.MAX_DESCRIPTORS * SimDescriptor.BYTES;
    }

    final Mempool pool() {
        return pool;
    }

    /** Tells the hardware that descriptors before {@code index} are its own now. */
    final void ring(int index) {
        bars.registers().write32(registers + SimRegs.TAIL, index);
    }

    /** Where in BAR2 descriptor {@code index} begins. */
    final long descriptor(int index) {
        return SimDescriptor.at(ring, index);
    }

    /** Where in BAR2 the second word of descriptor {@code index} is. */
    final long word(int index) {
        return SimDescriptor.at(ring, index) + SimDescriptor.WORD;
    }

    /**
     * Begins with an empty ring: the NIC uses the queue from now on.
     *
     * @throws DeviceException it was pulled out, does not answer, or there are too few buffers
     */
    final void start() throws DeviceException {
        gone = false;
        for (int i = 0; i <= mask; i++) {
            rings.plainWrite64(descriptor(i), 0);
            rings.plainWrite64(word(i), 0);
        }
        int ready = prepare();
        Mmio bar0 = bars.registers();
        bar0.write64(registers + SimRegs.DBA, ring);
        bar0.write32(registers + SimRegs.DLEN, (mask + 1) * SimDescriptor.BYTES);
        bar0.write32(registers + SimRegs.SRRCTL, pool.dataRoom());
        ring(0);
        bar0.write32(registers + SimRegs.DCTL, SimRegs.DCTL_ENABLE);
        if (!await(SimRegs.QUEUE_RUNNING)) {
            throw new DeviceException("%s: %s".formatted(this, bars.isGone()
                    ? "its registers read all-ones: it was pulled out"
                    : "DCTL.ENABLE has no effect: the hardware does not answer"));
        }
        ring(ready);
    }

    /** Makes the empty ring ready; returns how many descriptors the hardware is given at once. */
    abstract int prepare() throws DeviceException;

    /** The NIC does not touch the queue any more, true, or does not answer. */
    final boolean stop() {
        bars.registers().write32(registers + SimRegs.DCTL, 0);
        return await(0);
    }

    private boolean await(int state) {
        return bars.await(registers + SimRegs.QUEUE_STATUS, SimRegs.QUEUE_RUNNING, state);
    }

    /** Gives all buffers back. The NIC cannot reach them any more. */
    final void close() {
        gone = true;
        returnBuffers();
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
        return rings.name().replaceAll(" .*", "") + " " + label;
    }
}
