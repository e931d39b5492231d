// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;

/** A receive or transmit queue of the driver side, as its device sees it. Control threads. */
interface SimQueue {
    /** The pool of its buffers. */
    Mempool pool();

    /**
     * Starts the queue with an empty ring: the NIC uses it from now on.
     *
     * @throws DeviceException the NIC was pulled out or does not answer, or there are too few
     *     buffers
     */
    void start() throws DeviceException;

    /** Stops the queue. Returns whether the NIC has confirmed that it no longer uses the queue. */
    boolean stop();
}
