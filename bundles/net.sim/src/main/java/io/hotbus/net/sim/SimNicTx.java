// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.io.RawMemory;

/** A transmit queue of the hardware side. Thread {@code sim-hw}. */
final class SimNicTx extends SimNicQueue {
    private final SimIommu iommu;
    private final SimNicCounters counters;

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
        while (done < budget && !isEmpty() && send(receiver, queue)) {
            advance();
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

    /** Sends the next frame; false: it is held back. */
    private boolean send(SimNic receiver, int queue) {
        long descriptor = descriptor();
        long command = RawMemory.getLong(descriptor + SimDescriptor.WORD);
        int length = (int) (command & SimDescriptor.LENGTH_MASK);
        long frame = iommu.translate(RawMemory.getLong(descriptor), length);
        boolean report = (command & SimDescriptor.TX_RS) != 0;
        if (frame == SimIommu.FAULT || length == 0) {
            counters.sendFault();
            command |= SimDescriptor.TX_EC;
            report = true;
        } else if (receiver == null) {
            counters.sentWithoutLink();
        } else if (receiver.receive(queue, frame, length)) {
            counters.sent(length);
        } else {
            return false;
        }
        if (report) {
            RawMemory.putLongRelease(
                    descriptor + SimDescriptor.WORD, command | SimDescriptor.DD);
        }
        return true;
    }
}
