// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * How the queues of one device are made. Control threads.
 *
 * @param host     the function that has the queues
 * @param layout   where their registers are
 * @param offloads what the port was configured for
 * @param srrctl   what SRRCTL contains besides the format and the size of buffers
 */
public record AdvQueues(AdvHost host, AdvLayout layout, AdvOffloads offloads, int srrctl) {
    /** The largest MTU: that of Linux for these chips. */
    public static final int MAX_MTU = 9216;
    /** The Ethernet header, a VLAN tag and the FCS. */
    private static final int OVERHEAD = 14 + 4 + 4;
    private static final int MIN_DESCRIPTORS = 64;
    private static final int MAX_DESCRIPTORS = 4096;
    /** So many packets share one write to the tail register, which is slow. */
    private static final int BURST = 32;

    /** The limits of a device with so many queues in each direction. */
    public static QueueLimits limits(int queues) {
        return new QueueLimits(queues, MIN_DESCRIPTORS, MAX_DESCRIPTORS).withPreferredBurst(BURST);
    }

    /** The longest frame of an MTU, as registers count: with a VLAN tag and the FCS. */
    public static int onWire(int mtu) {
        return mtu + OVERHEAD;
    }

    /**
     * Creates a receive queue, which is not enabled.
     *
     * @throws DeviceException the pool's buffers are too small, or the ring cannot be allocated
     */
    public AdvRxQueue rx(QueueSetup setup, DmaAllocator allocator, AdvWaker waker)
            throws DeviceException {
        return offloads.rx().isEmpty() ? new AdvPlainRx(this, setup, allocator, waker)
                : new AdvOffloadRx(this, setup, allocator, waker);
    }

    /**
     * Creates a transmit queue, which is not enabled.
     *
     * @throws DeviceException the ring cannot be allocated
     */
    public AdvTxQueue tx(QueueSetup setup, DmaAllocator allocator) throws DeviceException {
        return offloads.tx().isEmpty() ? new AdvPlainTx(this, setup, allocator)
                : new AdvOffloadTx(this, setup, allocator);
    }
}
