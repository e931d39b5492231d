// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The queues of a port that lcores see: the driver's queues while the port is started, otherwise
 * idle queues, which receive and take nothing and do not access the device.
 *
 * <p>Lcores read them with one volatile load. The arrays have an element for each queue that the
 * device can have and never change once published, so a burst loop needs no check for a port that
 * is stopped or gone. Source of the idea: DPDK {@code eth_dev_fp_ops_reset}.
 */
final class LiveQueues {
    private static final RxQueue IDLE_RX = new RxQueue() {
        @Override
        public int burst(MempoolCaches caches, long[] mbufs, int count) {
            return 0;
        }

        /** There is nothing to receive until other queues are published. */
        @Override
        public boolean wakeOnPacket(Runnable wake) {
            return true;
        }
    };
    private static final TxQueue IDLE_TX = (caches, mbufs, count) -> 0;

    private final RxQueue[] idleRx;
    private final TxQueue[] idleTx;
    private volatile RxQueue[] rx;
    private volatile TxQueue[] tx;
    /** The transmit queues that were published last, which may be withdrawn. */
    private volatile TxQueue[] published = {};
    /** By receive queue: who is to be woken when the queues change; null where nobody sleeps. */
    private final AtomicReferenceArray<Runnable> sleepers;
    /** Whether the driver's queues must never be published again. */
    private boolean ended;

    LiveQueues(int maxRxQueues, int maxTxQueues) {
        idleRx = new RxQueue[maxRxQueues];
        idleTx = new TxQueue[maxTxQueues];
        Arrays.fill(idleRx, IDLE_RX);
        Arrays.fill(idleTx, IDLE_TX);
        rx = idleRx;
        tx = idleTx;
        sleepers = new AtomicReferenceArray<>(maxRxQueues);
    }

    RxQueue rx(int index) {
        return rx[index];
    }

    TxQueue tx(int index) {
        return tx[index];
    }

    /** See {@link io.hotbus.ethdev.Port#wakeOnPacket}. */
    boolean wakeOnPacket(int index, Runnable wake) {
        sleepers.set(index, wake);
        RxQueue queue = rx[index];
        boolean awake = queue.wakeOnPacket(wake);
        if (rx[index] != queue) {
            wake.run(); // the change may not have seen the sleeper
        }
        return awake;
    }

    private void wakeSleepers() {
        for (int i = 0; i < sleepers.length(); i++) {
            Runnable wake = sleepers.getAndSet(i, null);
            if (wake != null) {
                wake.run();
            }
        }
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
        published = driverTx;
        rx = nextRx;
        tx = nextTx;
        wakeSleepers();
    }

    /** See {@link io.hotbus.ethdev.Port#takeBack}. */
    int takeBack(int index, MempoolCaches caches, long[] mbufs, int count) {
        TxQueue[] queues = published;
        return index < queues.length ? queues[index].takeBack(caches, mbufs, count) : 0;
    }

    /** Forgets the driver's queues, which are about to be closed. */
    void forget() {
        published = new TxQueue[0];
    }

    /** Shows lcores idle queues from their next burst on. */
    synchronized void withdraw() {
        rx = idleRx;
        tx = idleTx;
        wakeSleepers();
    }

    /** Does {@link #withdraw} for good. */
    synchronized void withdrawForGood() {
        withdraw();
        ended = true;
    }
}
