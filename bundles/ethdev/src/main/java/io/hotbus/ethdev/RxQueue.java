// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.mem.MempoolCaches;
import org.osgi.annotation.versioning.ConsumerType;

/** Receives packets. One thread at a time (an lcore's). Never throws, logs, allocates or locks. */
@ConsumerType
@FunctionalInterface
public interface RxQueue {
    /**
     * Receives up to {@code count} packets into {@code mbufs} from index 0, as
     * {@link io.hotbus.eal.mem.Mbuf} handles that then belong to the caller. Returns how many; 0
     * once the device is gone. Source: DPDK {@code rte_eth_rx_burst}.
     *
     * @param caches the calling thread's caches, which provide the receive buffers
     */
    int burst(MempoolCaches caches, long[] mbufs, int count);

    /**
     * Has {@code wake} called, on any thread, when there is a packet to receive: at once, perhaps
     * before this returns, where there is one now. Each call replaces the one before. Called
     * between two bursts, on the thread of the bursts; {@code wake} never blocks. As the thread is
     * about to sleep, this may make a system call, take a lock and allocate, unlike a burst.
     * Source: DPDK {@code rte_eth_dev_rx_intr_enable}.
     *
     * @return false where the device has no receive interrupts; then {@code wake} is not called
     */
    default boolean wakeOnPacket(Runnable wake) {
        return false;
    }
}
