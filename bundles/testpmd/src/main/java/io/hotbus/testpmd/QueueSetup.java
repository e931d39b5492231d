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

    /** How a port with these queues is configured, with the buffers of {@code pool}. */
    public PortConfig with(PortPlan plan, Mempool pool) {
        return new PortConfig(rx, tx, rxDescriptors, txDescriptors, pool)
                .withOffloads(plan.rxOffloads(), plan.txOffloads());
    }
}
