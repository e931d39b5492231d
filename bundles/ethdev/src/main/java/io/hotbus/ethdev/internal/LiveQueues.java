// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.Arrays;

/**
 * The queues of a port that lcores see: the driver's queues while the port is started, otherwise
 * idle queues, which receive and take nothing and do not access the device.
 *
 * <p>Lcores read them with one volatile load. The arrays have an element for each queue that the
 * device can have and never change once published, so a burst loop needs no check for a port that
 * is stopped or gone. Source of the idea: DPDK {@code eth_dev_fp_ops_reset}.
 */
final class LiveQueues {
    private static final RxQueue IDLE_RX = (caches, mbufs, count) -> 0;
    private static final TxQueue IDLE_TX = (caches, mbufs, count) -> 0;

    private final RxQueue[] idleRx;
    private final TxQueue[] idleTx;
    private volatile RxQueue[] rx;
    private volatile TxQueue[] tx;
    /** Whether the driver's queues must never be published again. */
    private boolean ended;

    LiveQueues(int maxRxQueues, int maxTxQueues) {
        idleRx = new RxQueue[maxRxQueues];
        idleTx = new TxQueue[maxTxQueues];
        Arrays.fill(idleRx, IDLE_RX);
        Arrays.fill(idleTx, IDLE_TX);
        rx = idleRx;
        tx = idleTx;
    }

    RxQueue rx(int index) {
        return rx[index];
    }

    TxQueue tx(int index) {
        return tx[index];
    }

    /** Shows lcores the driver's queues, unless {@link #withdrawForGood} was called. */
    synchronized void publish(RxQueue[] driverRx, TxQueue[] driverTx) {
        if (ended) {
            return;
        }
        RxQueue[] nextRx = idleRx.clone();
        TxQueue[] nextTx = idleTx.clone();
        System.arraycopy(driverRx, 0, nextRx, 0, driverRx.length);
        System.arraycopy(driverTx, 0, nextTx, 0, driverTx.length);
        rx = nextRx;
        tx = nextTx;
    }

    /** Shows lcores idle queues from their next burst on. */
    synchronized void withdraw() {
        rx = idleRx;
        tx = idleTx;
    }

    /** Does {@link #withdraw} for good. */
    synchronized void withdrawForGood() {
        withdraw();
        ended = true;
    }
}
