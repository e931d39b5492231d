// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.QueueCounters;

/**
 * The parameters of a new queue. The port has checked them against the limits of the device.
 *
 * @param index       the number of the queue, from 0 on
 * @param descriptors the number of descriptors in the ring, a power of two
 * @param pool        the pool that the buffers of the queue come from
 * @param portId      the port number to write into received packets
 * @param counters    the counters of this queue number, which also include earlier queues
 */
public record QueueSetup(
        int index, int descriptors, Mempool pool, int portId, QueueCounters counters) {
}
