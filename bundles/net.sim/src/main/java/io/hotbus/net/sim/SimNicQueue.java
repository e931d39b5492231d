// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.io.RawMemory;

/**
 * The common part of receive and transmit queues of the hardware side: the ring, and turning the
 * queue on and off. Thread {@code sim-hw}.
 */
abstract class SimNicQueue {
    private final long registers;
    private final long bar2;
    /** QUEUE_STATUS as the driver sees it. */
    private int status;

    /** Address of the first descriptor. */
    private long ring;
    private int mask;
    /** The next descriptor to be used by the hardware. */
    private int head;
    /** RDT or TDT as it was last read. */
    private int tail;

    /**
     * @param registers where the queue's block of registers is, in the hardware's mapping
     * @param bar2      where the ring memory is, in the hardware's mapping
     */
    SimNicQueue(long registers, long bar2) {
        this.registers = registers;
        this.bar2 = bar2;
    }

    /** Follows DCTL.ENABLE. */
    final void refresh() {
        boolean enable = (register(SimRegs.DCTL) & SimRegs.DCTL_ENABLE) != 0;
        if (enable != (status != 0)) {
            status = !enable ? 0 : enable() ? SimRegs.QUEUE_RUNNING : SimRegs.QUEUE_REJECTED;
            publish();
            RawMemory.putIntRelease(registers + SimRegs.QUEUE_STATUS, status);
        }
    }

    private boolean enable() {
        long base = RawMemory.getLongVolatile(registers + SimRegs.DBA);
        int bytes = register(SimRegs.DLEN);
        int descriptors = bytes / SimDescriptor.BYTES;
        if (descriptors < SimRegs.MIN_DESCRIPTORS || descriptors > SimRegs.MAX_DESCRIPTORS
                || Integer.bitCount(bytes) != 1 || (base & (SimDescriptor.BYTES - 1)) != 0
                || base < 0 || base > SimRegs.BAR2_LENGTH - bytes) {
            return false;
        }
        ring = bar2 + base;
        mask = descriptors - 1;
        head = 0;
        tail = 0;
        return configure();
    }

    /** Reads the other registers of the queue. Returns whether they are valid. */
    abstract boolean configure();

    final int register(long offset) {
        return RawMemory.getIntVolatile(registers + offset);
    }

    final boolean running() {
        return status == SimRegs.QUEUE_RUNNING;
    }

    /** Resets the queue after its registers were reset. */
    final void reset() {
        status = 0;
        head = 0;
        tail = 0;
    }

    /** How many descriptors the driver can hand over at a time. */
    final int capacity() {
        return mask;
    }

    /** Whether the driver has handed over {@code count} descriptors that have not been used. */
    final boolean isAvailable(int count) {
        if (((tail - head) & mask) < count) {
            tail = register(SimRegs.TAIL) & mask;
        }
        return ((tail - head) & mask) >= count;
    }

    /** Address of a descriptor to be used: 0 is the next one, 1 the one after it. */
    final long descriptor(int ahead) {
        return SimDescriptor.at(ring, (head + ahead) & mask);
    }

    /** Notes that {@code count} descriptors were used. */
    final void advance(int count) {
        head = (head + count) & mask;
    }

    /** Shows the driver where the hardware stands. */
    final void publish() {
        RawMemory.putIntRelease(registers + SimRegs.HEAD, head);
    }
}
