// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.mem.Mempool;
import java.util.Set;

/**
 * How a port is set up.
 *
 * @param rxQueues      receive queues ({@code --rxq})
 * @param txQueues      transmit queues ({@code --txq})
 * @param rxDescriptors descriptors of each receive queue (DPDK testpmd: {@code --rxd})
 * @param txDescriptors descriptors of each transmit queue ({@code --txd})
 * @param pool          the pool of all its buffers
 * @param rxOffloads    what the device shall do with received packets
 * @param txOffloads    what packets to be sent may ask the device for
 * @param rss           how packets are spread over the receive queues
 */
public record PortConfig(int rxQueues, int txQueues, int rxDescriptors, int txDescriptors,
        Mempool pool, Set<RxOffload> rxOffloads, Set<TxOffload> txOffloads, RssConfig rss) {
    /** Copies the sets. */
    public PortConfig {
        rxOffloads = Set.copyOf(rxOffloads);
        txOffloads = Set.copyOf(txOffloads);
    }

    /** Creates a configuration without offloads and RSS. */
    public PortConfig(
            int rxQueues, int txQueues, int rxDescriptors, int txDescriptors, Mempool pool) {
        this(rxQueues, txQueues, rxDescriptors, txDescriptors, pool, Set.of(), Set.of(),
                RssConfig.OFF);
    }

    /**
     * Creates a configuration with as many transmit as receive queues, without offloads and RSS.
     */
    public PortConfig(int queues, int rxDescriptors, int txDescriptors, Mempool pool) {
        this(queues, queues, rxDescriptors, txDescriptors, pool);
    }

    /** Returns a copy with these offloads. */
    public PortConfig withOffloads(Set<RxOffload> receive, Set<TxOffload> transmit) {
        return new PortConfig(rxQueues, txQueues, rxDescriptors, txDescriptors, pool, receive,
                transmit, rss);
    }

    /** Returns a copy with RSS. */
    public PortConfig withRss(RssConfig config) {
        return new PortConfig(rxQueues, txQueues, rxDescriptors, txDescriptors, pool, rxOffloads,
                txOffloads, config);
    }
}
