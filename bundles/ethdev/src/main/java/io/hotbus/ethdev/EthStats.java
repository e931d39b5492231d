// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

/**
 * Counters since the last reset; packets or bytes. Source: DPDK {@code struct rte_eth_stats}.
 *
 * @param rxPackets packets received, without those with errors
 * @param rxBytes   bytes in these, the frame check sequence not counted
 * @param rxErrors  packets received with an error and dropped
 * @param missed    packets the device dropped because no receive descriptor was free
 * @param noMbuf    times no receive buffer was available
 * @param txPackets packets sent
 * @param txBytes   bytes in these, the frame check sequence not counted
 * @param txErrors  packets that were taken but not sent
 */
public record EthStats(long rxPackets, long rxBytes, long rxErrors, long missed, long noMbuf,
        long txPackets, long txBytes, long txErrors) {
    /** All counters are zero. */
    public static final EthStats ZERO = new EthStats(0, 0, 0, 0, 0, 0, 0, 0);

    /** The sum of both, counter by counter. */
    public EthStats plus(EthStats other) {
        return new EthStats(rxPackets + other.rxPackets, rxBytes + other.rxBytes,
                rxErrors + other.rxErrors, missed + other.missed, noMbuf + other.noMbuf,
                txPackets + other.txPackets, txBytes + other.txBytes, txErrors + other.txErrors);
    }

    /** What was counted since {@code other} was read. */
    public EthStats minus(EthStats other) {
        return new EthStats(rxPackets - other.rxPackets, rxBytes - other.rxBytes,
                rxErrors - other.rxErrors, missed - other.missed, noMbuf - other.noMbuf,
                txPackets - other.txPackets, txBytes - other.txBytes, txErrors - other.txErrors);
    }
}
