// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.PortConfig;

/**
 * The queues of each port.
 *
 * @param rx            receive queues
 * @param tx            transmit queues
 * @param rxDescriptors descriptors of each receive queue
 * @param txDescriptors descriptors of each transmit queue
 */
public record QueueSetup(int rx, int tx, int rxDescriptors, int txDescriptors) {
    /** The most queues of a port in each direction. */
    public static final int MAX_QUEUES = 64;
    /** The fewest descriptors of a queue. */
    public static final int MIN_DESCRIPTORS = 8;
    /** The most descriptors of a queue. */
    public static final int MAX_DESCRIPTORS = 32768;
    /** One queue in each direction, with 512 descriptors. */
    public static final QueueSetup DEFAULT = new QueueSetup(1, 1, 512, 512);

    /** The most buffers that the queues of a port hold in their rings. */
    public long buffers() {
        return (long) rx * rxDescriptors + (long) tx * txDescriptors;
    }

    /**
     * How a port is configured, with these queues where {@code plan} has none of its own, and with
     * the buffers of {@code pool}.
     */
    public PortConfig with(PortPlan plan, Mempool pool) {
        QueueSetup queues = plan.setup().queues().orElse(this);
        return new PortConfig(queues.rx, queues.tx, queues.rxDescriptors, queues.txDescriptors,
                pool).withOffloads(plan.rxOffloads(), plan.txOffloads())
                .withRss(plan.setup().rss());
    }
}
