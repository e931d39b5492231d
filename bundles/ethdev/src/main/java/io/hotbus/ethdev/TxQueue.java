// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.mem.MempoolCaches;
import org.osgi.annotation.versioning.ConsumerType;

/** Sends packets. One thread at a time (an lcore's). Never throws, logs, allocates or locks. */
@ConsumerType
@FunctionalInterface
public interface TxQueue {
    /**
     * Takes up to {@code count} packets from {@code mbufs} from index 0. Returns how many it took;
     * the others still belong to the caller; 0 once the device is gone. The packets may be of any
     * pools. Source: DPDK {@code rte_eth_tx_burst}.
     *
     * @param caches the calling thread's caches, which take back the buffers of sent packets
     */
    int burst(MempoolCaches caches, long[] mbufs, int count);
}
