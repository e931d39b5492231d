// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

/**
 * The counters of a stream since forwarding started. The stream of a port that was lost and came
 * back continues its counters.
 *
 * @param rxPort           name of the device it receives from
 * @param txPort           name of the device it sends to
 * @param rxId             number of the port it receives from
 * @param txId             number of the port it sends to
 * @param queue            index of the queue on both
 * @param lcore            the thread that serves it; empty while it is not served
 * @param received         packets
 * @param sent             packets of these that the transmit queue took
 * @param dropped          packets of these that it did not take
 * @param injected         packets put on its transmit queue by {@code tx_first}; not in
 *                         {@code sent}
 * @param badIpChecksums   packets received whose IPv4 checksum the device found wrong
 * @param badL4Checksums   packets received whose TCP or UDP checksum the device found wrong
 * @param firstPacketNanos when it sent the first packet since it was last begun, on the clock of
 *                         {@link System#nanoTime}; 0 where it has not yet
 */
public record StreamStats(String rxPort, String txPort, int rxId, int txId, int queue,
        String lcore, long received, long sent, long dropped, long injected, long badIpChecksums,
        long badL4Checksums, long firstPacketNanos) {
    /** Whether an lcore serves it. */
    public boolean running() {
        return !lcore.isEmpty();
    }

    /** Whether it receives from or sends to the device of that name. */
    public boolean involves(String device) {
        return rxPort.equals(device) || txPort.equals(device);
    }

    /** The counters less those of {@code other}, an earlier reading. */
    public StreamStats minus(StreamStats other) {
        return new StreamStats(rxPort, txPort, rxId, txId, queue, lcore,
                received - other.received, sent - other.sent, dropped - other.dropped,
                injected - other.injected, badIpChecksums - other.badIpChecksums,
                badL4Checksums - other.badL4Checksums, firstPacketNanos);
    }
}
