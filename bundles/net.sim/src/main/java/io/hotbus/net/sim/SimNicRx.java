// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.io.RawMemory;

/** A receive queue of the hardware side. Thread {@code sim-hw}. */
final class SimNicRx extends SimNicQueue {
    private final SimIommu iommu;
    private final SimNicCounters counters;
    private int bufferSize;
    /** The number in RXIM for which the interrupt was raised. */
    private int raised;

    SimNicRx(long registers, long bar2, SimIommu iommu, SimNicCounters counters) {
        super(registers, bar2);
        this.iommu = iommu;
        this.counters = counters;
    }

    @Override
    boolean configure() {
        raised = register(SimRegs.RXIM);
        bufferSize = register(SimRegs.SRRCTL);
        return bufferSize > 0;
    }

    /** After frames were received: whether the interrupt is to be raised. */
    boolean raisesInterrupt() {
        // The driver writes RXIM and then looks for a frame; we write the frame and then look.
        RawMemory.fullFence();
        int asked = register(SimRegs.RXIM);
        boolean raises = asked != raised;
        raised = asked;
        return raises;
    }

    /**
     * Puts {@code frame} into the next buffers, or drops and counts it.
     *
     * @return false: hold the frame back, there are too few free descriptors
     */
    boolean receive(SimFrame frame, boolean flowControl) {
        int length = frame.length();
        int wanted = length <= bufferSize ? 1 : (length + bufferSize - 1) / bufferSize;
        if (wanted > capacity()) {
            counters.oversize();
            return true;
        }
        if (!isAvailable(wanted)) {
            if (!flowControl) {
                counters.missed();
            }
            return !flowControl;
        }
        for (int done = 0; done < length; done += bufferSize) {
            if (!fill(frame, done, Math.min(bufferSize, length - done))) {
                counters.receiveFault();
                return true;
            }
        }
        counters.received(length);
        return true;
    }

    /**
     * Puts {@code count} bytes into the next buffer. Returns false if the buffer is not allowed;
     * the frame ends then.
     */
    private boolean fill(SimFrame frame, int offset, int count) {
        long descriptor = descriptor(0);
        long buffer = iommu.translate(RawMemory.getLong(descriptor), count);
        boolean allowed = buffer != SimIommu.FAULT;
        long result = SimDescriptor.DD | SimDescriptor.RX_EOP | SimDescriptor.RX_RXE;
        if (allowed) {
            frame.copy(offset, buffer, count);
            boolean ends = offset + count == frame.length();
            result = SimDescriptor.DD | (ends ? SimDescriptor.RX_EOP : 0) | count;
        }
        RawMemory.putLongRelease(descriptor + SimDescriptor.WORD, result);
        advance(1);
        return allowed;
    }
}
