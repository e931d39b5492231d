// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.virtio;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.pmd.DmaRing;
import org.osgi.annotation.versioning.ConsumerType;

/** What the queues of one device stand on. Made by the transport. */
@ConsumerType
public interface VirtioGround {
    /** The name of the device, for messages. */
    String device();

    /** The features that decide how the rings look: those that are accepted at each start. */
    long features();

    /**
     * Whether there is nothing to exchange packets with: the device is gone, or not connected.
     * Bursts do nothing then. Any thread.
     */
    boolean isCut();

    /** Whether the device takes virtual addresses of this process; otherwise IOVAs. */
    boolean takesVirtualAddresses();

    /**
     * Whether the device can read the buffer {@code mbuf}; a packet with another buffer is copied.
     * Thread of the queue.
     */
    boolean reaches(long mbuf);

    /**
     * Requires that the device can reach the buffers of a pool. Control threads.
     *
     * @param label names the device and the queue
     * @throws DeviceException it cannot; the message says what to do
     */
    void requireBuffers(Mempool pool, String label) throws DeviceException;

    /**
     * Allocates memory that the device can reach. Control threads.
     *
     * @param label names the device and the queue
     * @throws DeviceException there is none
     */
    DmaRing allocate(String label, int descriptors, int bytesOfEach) throws DeviceException;
}
