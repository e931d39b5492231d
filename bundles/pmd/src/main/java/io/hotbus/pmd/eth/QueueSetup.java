// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.QueueCounters;

/**
 * What a queue is made with. The port has checked all of it against the limits of the device.
 *
 * @param index       the number of the queue, from 0 on
 * @param descriptors how many the ring has, a power of two
 * @param pool        where the buffers of the queue come from
 * @param portId      the number to mark received packets with
 * @param counters    what was counted for the queue of that number, now and before
 */
public record QueueSetup(
        int index, int descriptors, Mempool pool, int portId, QueueCounters counters) {
}
