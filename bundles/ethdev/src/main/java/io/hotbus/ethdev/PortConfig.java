// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.mem.Mempool;

/**
 * How a port is set up.
 *
 * @param queues        receive queues, and as many transmit queues
 * @param rxDescriptors of each receive queue (DPDK testpmd: {@code --rxd})
 * @param txDescriptors of each transmit queue ({@code --txd})
 * @param pool          where all its buffers come from and go to
 */
public record PortConfig(int queues, int rxDescriptors, int txDescriptors, Mempool pool) {
}
