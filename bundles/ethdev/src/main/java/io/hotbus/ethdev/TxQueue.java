// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import org.osgi.annotation.versioning.ConsumerType;

/** Sends packets. One thread at a time (an lcore's). Never throws, logs, allocates or locks. */
@ConsumerType
@FunctionalInterface
public interface TxQueue {
    /**
     * Takes up to {@code count} packets from {@code mbufs} from index 0. Returns how many it took;
     * the others still belong to the caller; 0 once the device is gone. Buffers go back to the pool
     * the queue was set up with, so all packets come from that pool (DPDK:
     * {@code RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE}). Source: DPDK {@code rte_eth_tx_burst}.
     */
    int burst(long[] mbufs, int count);
}
