// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.io.RawMemory;

/** A receive queue of the hardware side. Thread {@code sim-hw}. */
final class SimNicRx extends SimNicQueue {
    /** Up to here a loop is faster than the call of a copy routine. */
    private static final int SHORT_COPY = 256;

    private final SimIommu iommu;
    private final SimNicCounters counters;
    private int bufferSize;

    SimNicRx(long registers, long bar2, SimIommu iommu, SimNicCounters counters) {
        super(registers, bar2);
        this.iommu = iommu;
        this.counters = counters;
    }

    @Override
    boolean configure() {
        bufferSize = register(SimRegs.SRRCTL);
        return bufferSize > 0;
    }

    /**
     * Puts {@code length} bytes at {@code frame} into the next buffer, or drops and counts them.
     *
     * @return false: hold it back, there is no free descriptor
     */
    boolean receive(long frame, int length, boolean flowControl) {
        if (length > bufferSize) {
            counters.oversize();
            return true;
        }
        if (isEmpty()) {
            if (!flowControl) {
                counters.missed();
            }
            return !flowControl;
        }
        long descriptor = descriptor();
        long buffer = iommu.translate(RawMemory.getLong(descriptor), length);
        long result;
        if (buffer == SimIommu.FAULT) {
            counters.receiveFault();
            result = SimDescriptor.DD | SimDescriptor.RX_EOP | SimDescriptor.RX_RXE;
        } else {
            copy(frame, buffer, length);
            counters.received(length);
            result = SimDescriptor.DD | SimDescriptor.RX_EOP | length;
        }
        RawMemory.putLongRelease(descriptor + SimDescriptor.WORD, result);
        advance();
        return true;
    }

    private static void copy(long from, long to, int length) {
        if (length > SHORT_COPY || length < Long.BYTES) {
            RawMemory.copy(from, to, length);
            return;
        }
        int last = length - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            RawMemory.putLong(to + i, RawMemory.getLong(from + i));
        }
        // The last eight bytes may overlap those before them.
        RawMemory.putLong(to + last, RawMemory.getLong(from + last));
    }
}
