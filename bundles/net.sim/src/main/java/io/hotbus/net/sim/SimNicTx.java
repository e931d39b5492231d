// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.io.RawMemory;

/** A transmit queue of the hardware side. Thread {@code sim-hw}. */
final class SimNicTx extends SimNicQueue {
    private final SimIommu iommu;
    private final SimNicCounters counters;
    private final SimFrame frame = new SimFrame();
    /** The frame cannot be sent: a buffer or a length of it is not allowed. */
    private boolean faulty;

    SimNicTx(long registers, long bar2, SimIommu iommu, SimNicCounters counters) {
        super(registers, bar2);
        this.iommu = iommu;
        this.counters = counters;
    }

    @Override
    boolean configure() {
        return true;
    }

    /**
     * Sends up to {@code budget} frames.
     *
     * @param receiver the NIC at the other end; null while the link is down
     * @param queue    the number of this queue
     * @return how many frames left the ring
     */
    int transmit(SimNic receiver, int queue, int budget) {
        if (!running()) {
            return 0;
        }
        int done = 0;
        while (done < budget && send(receiver, queue)) {
            done++;
        }
        if (done > 0) {
            publish();
            counters.publishSent();
            if (receiver != null) {
                receiver.publishReceived(queue);
            }
        }
        return done;
    }

    /** Sends the next frame. Returns false if there is none or it is held back. */
    private boolean send(SimNic receiver, int queue) {
        int descriptors = gather();
        if (descriptors == 0) {
            return false;
        }
        if (faulty) {
            counters.sendFault();
        } else if (receiver == null) {
            counters.sentWithoutLink();
        } else if (receiver.receive(queue, frame)) {
            counters.sent(frame.length());
        } else {
            return false;
        }
        for (int i = 0; i < descriptors; i++) {
            report(descriptor(i), faulty && i == descriptors - 1);
        }
        advance(descriptors);
        return true;
    }

    /** Collects the next frame. Returns its number of descriptors; 0 if it is not complete. */
    private int gather() {
        frame.clear();
        faulty = false;
        int descriptors = 0;
        long command;
        do {
            if (!isAvailable(descriptors + 1)) {
                return 0;
            }
            long descriptor = descriptor(descriptors++);
            command = RawMemory.getLong(descriptor + SimDescriptor.WORD);
            int length = (int) (command & SimDescriptor.LENGTH_MASK);
            long address = iommu.translate(RawMemory.getLong(descriptor), length);
            faulty |= address == SimIommu.FAULT || length == 0;
            frame.add(address, length);
        } while ((command & SimDescriptor.TX_EOP) == 0);
        faulty |= frame.length() > SimRegs.MAX_FRAME;
        return descriptors;
    }

    private static void report(long descriptor, boolean error) {
        long command = RawMemory.getLong(descriptor + SimDescriptor.WORD);
        if (error) {
            command |= SimDescriptor.TX_EC;
        }
        if (error || (command & SimDescriptor.TX_RS) != 0) {
            RawMemory.putLongRelease(
                    descriptor + SimDescriptor.WORD, command | SimDescriptor.DD);
        }
    }
}
