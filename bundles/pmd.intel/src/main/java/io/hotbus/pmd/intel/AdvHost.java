// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.pmd.DmaReach;
import org.osgi.annotation.versioning.ConsumerType;

/** The function that has the queues. Its {@code toString} names the device in messages. */
@ConsumerType
public interface AdvHost {
    /** Reads a register. Any thread. */
    int read(long register);

    /** Writes a register, unless the device is known to be gone. Control threads. */
    void write(long register, int value);

    /** Writes a tail register. The thread of the queue; must cost no more than the write. */
    void doorbell(long register, int value);

    /**
     * Waits until the bits {@code mask} of a register read {@code expected}. Control threads.
     *
     * @param what names the bits in messages
     * @throws DeviceException the device is gone, or wedged; the message tells which
     */
    void require(long register, int mask, int expected, String what) throws DeviceException;

    /** Whether the device counts as removed. Any thread; each burst asks. */
    boolean isGone();

    /** Whether the device may send now: its link is up, and not paused by its partner. */
    boolean maySend();

    /** Checks which memory the device can reach. */
    DmaReach reach();

    /** The NUMA node that the device is near to; -1: not known. */
    int numaNode();
}
