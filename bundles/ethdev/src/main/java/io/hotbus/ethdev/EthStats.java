// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

/**
 * Counters since the last reset; packets or bytes. Source: DPDK {@code struct rte_eth_stats}.
 *
 * @param missed       packets the device dropped for want of a free receive descriptor
 * @param noMbuf       times a receive buffer could not be had
 */
public record EthStats(long rxPackets, long rxBytes, long rxErrors, long missed, long noMbuf,
        long txPackets, long txBytes, long txErrors) {
    public static final EthStats ZERO = new EthStats(0, 0, 0, 0, 0, 0, 0, 0);

    public EthStats minus(EthStats other) {
        return new EthStats(rxPackets - other.rxPackets, rxBytes - other.rxBytes,
                rxErrors - other.rxErrors, missed - other.missed, noMbuf - other.noMbuf,
                txPackets - other.txPackets, txBytes - other.txBytes, txErrors - other.txErrors);
    }
}
