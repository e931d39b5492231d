// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.io.RawMemory;

/** The statistics registers of one NIC and the counts behind them. Thread {@code sim-hw}. */
final class SimNicCounters {
    private final long bar0;
    private long missed;
    private long oversize;
    private long receiveFaults;
    private long received;
    private long receivedBytes;
    private long sent;
    private long sentBytes;
    private long sendFaults;
    private long sentWithoutLink;

    /** @param bar0 where the registers are, in the hardware's mapping */
    SimNicCounters(long bar0) {
        this.bar0 = bar0;
    }

    void received(int bytes) {
        received++;
        receivedBytes += bytes;
    }

    /** Counts a frame that was dropped because there was no descriptor. */
    void missed() {
        missed++;
    }

    /**
     * Counts a frame that was dropped because it is longer than RLPML or than all buffers of a
     * ring.
     */
    void oversize() {
        oversize++;
    }

    /** Counts a frame that was dropped because its buffer is not allowed. */
    void receiveFault() {
        receiveFaults++;
    }

    void sent(int bytes) {
        sent++;
        sentBytes += bytes;
    }

    /** Counts a frame that was not sent because its buffer or length is not allowed. */
    void sendFault() {
        sendFaults++;
    }

    /** Counts a frame that was sent without a receiver. */
    void sentWithoutLink() {
        sentWithoutLink++;
    }

    void reset() {
        missed = 0;
        oversize = 0;
        receiveFaults = 0;
        received = 0;
        receivedBytes = 0;
        sent = 0;
        sentBytes = 0;
        sendFaults = 0;
        sentWithoutLink = 0;
    }

    void publishReceived() {
        RawMemory.putLongRelease(bar0 + SimRegs.MPC, missed);
        RawMemory.putLongRelease(bar0 + SimRegs.ROC, oversize);
        RawMemory.putLongRelease(bar0 + SimRegs.RXDMAERR, receiveFaults);
        RawMemory.putLongRelease(bar0 + SimRegs.GPRC, received);
        RawMemory.putLongRelease(bar0 + SimRegs.GORC, receivedBytes);
    }

    void publishSent() {
        RawMemory.putLongRelease(bar0 + SimRegs.GPTC, sent);
        RawMemory.putLongRelease(bar0 + SimRegs.GOTC, sentBytes);
        RawMemory.putLongRelease(bar0 + SimRegs.TXDMAERR, sendFaults);
        RawMemory.putLongRelease(bar0 + SimRegs.TNLC, sentWithoutLink);
    }
}
