// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.mem.MempoolCaches;
import org.osgi.annotation.versioning.ConsumerType;

/** Sends packets. One thread at a time (an lcore's). Never throws, logs, allocates or locks. */
@ConsumerType
@FunctionalInterface
public interface TxQueue {
    /**
     * Takes up to {@code count} packets from {@code mbufs} from index 0. Returns how many it took;
     * the others still belong to the caller; 0 once the device is gone. The packets may be of any
     * pools. Source: DPDK {@code rte_eth_tx_burst}.
     *
     * @param caches the calling thread's caches, which take back the buffers of sent packets
     */
    int burst(MempoolCaches caches, long[] mbufs, int count);

    /**
     * Whether a burst of this queue has found that the device is gone, or about to go. This may be
     * known before the removal is reported. Between two bursts, on the thread of the bursts.
     */
    default boolean isGone() {
        return false;
    }

    /**
     * Takes back, oldest first, up to {@code count} packets that this queue took and that the
     * device has not reported as sent. Each is taken back once, and belongs to the caller then. The
     * device is gone or stopped, so it reads none of them any more, and may have sent some of them.
     * Between two bursts, on the thread of the bursts, or on a control thread while there are no
     * bursts.
     *
     * @param caches the calling thread's caches
     * @return how many; 0 if there are no more, or the driver keeps no packets
     */
    default int takeBack(MempoolCaches caches, long[] mbufs, int count) {
        return 0;
    }

    /**
     * Whether this queue keeps packets because it has no device that could send them. Any thread;
     * the answer may be late.
     */
    default boolean isKeeping() {
        return false;
    }

    /**
     * Takes back, as {@link #takeBack} does, packets that this queue keeps because it has no device
     * that could send them. The port may be started. On a control thread, while there are no
     * bursts.
     *
     * @param caches the calling thread's caches
     * @return how many; 0 if there are no more, or a device has them
     */
    default int takeKept(MempoolCaches caches, long[] mbufs, int count) {
        return 0;
    }
}
