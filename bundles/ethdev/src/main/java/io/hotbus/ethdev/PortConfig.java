// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.mem.Mempool;

/**
 * How a port is set up.
 *
 * @param rxQueues      receive queues ({@code --rxq})
 * @param txQueues      transmit queues ({@code --txq})
 * @param rxDescriptors of each receive queue (DPDK testpmd: {@code --rxd})
 * @param txDescriptors of each transmit queue ({@code --txd})
 * @param pool          where all its buffers come from and go to
 */
public record PortConfig(
        int rxQueues, int txQueues, int rxDescriptors, int txDescriptors, Mempool pool) {
    /** As many transmit as receive queues. */
    public PortConfig(int queues, int rxDescriptors, int txDescriptors, Mempool pool) {
        this(queues, queues, rxDescriptors, txDescriptors, pool);
    }
}
