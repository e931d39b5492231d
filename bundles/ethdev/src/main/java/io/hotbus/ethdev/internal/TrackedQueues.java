// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;

/** Wraps a driver's queues in debug runs, so that each buffer records which queue holds it. */
final class TrackedQueues {
    private TrackedQueues() {
    }

    /** @param label the queue, as {@code Mempool.holders} shows it */
    static RxQueue rx(RxQueue queue, String label) {
        return new RxQueue() {
            @Override
            public int burst(MempoolCaches caches, long[] mbufs, int count) {
                return received(queue, label, caches, mbufs, count);
            }

            @Override
            public boolean wakeOnPacket(Runnable wake) {
                return queue.wakeOnPacket(wake);
            }
        };
    }

    private static int received(
            RxQueue queue, String label, MempoolCaches caches, long[] mbufs, int count) {
        String caller = caches.holder();
        caches.holder(label);
        try {
            int received = queue.burst(caches, mbufs, count);
            caches.hold(caller, mbufs, 0, received);
            return received;
        } finally {
            caches.holder(caller);
        }
    }

    /** @param label the queue, as {@code Mempool.holders} shows it */
    static TxQueue tx(TxQueue queue, String label) {
        return new TxQueue() {
            @Override
            public int burst(MempoolCaches caches, long[] mbufs, int count) {
                return sent(queue, label, caches, mbufs, count);
            }

            @Override
            public boolean isGone() {
                return queue.isGone();
            }

            @Override
            public int takeBack(MempoolCaches caches, long[] mbufs, int count) {
                int taken = queue.takeBack(caches, mbufs, count);
                caches.hold(caches.holder(), mbufs, 0, taken);
                return taken;
            }

            @Override
            public boolean isKeeping() {
                return queue.isKeeping();
            }

            @Override
            public int takeKept(MempoolCaches caches, long[] mbufs, int count) {
                int taken = queue.takeKept(caches, mbufs, count);
                caches.hold(caches.holder(), mbufs, 0, taken);
                return taken;
            }
        };
    }

    private static int sent(
            TxQueue queue, String label, MempoolCaches caches, long[] mbufs, int count) {
        String caller = caches.holder();
        caches.holder(label);
        caches.hold(label, mbufs, 0, count);
        try {
            int sent = queue.burst(caches, mbufs, count);
            caches.hold(caller, mbufs, sent, count - sent);
            return sent;
        } finally {
            caches.holder(caller);
        }
    }
}
