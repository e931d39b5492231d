// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;

/** A receive or transmit queue of the driver side, as its device sees it. Control threads. */
interface SimQueue {
    /** Where its buffers come from. */
    Mempool pool();

    /**
     * Begins with an empty ring: the NIC uses the queue from now on.
     *
     * @throws DeviceException it was pulled out, does not answer, or there are too few buffers
     */
    void start() throws DeviceException;

    /** Stops the queue. Whether the NIC has said that it does not touch the queue any more. */
    boolean stop();
}
