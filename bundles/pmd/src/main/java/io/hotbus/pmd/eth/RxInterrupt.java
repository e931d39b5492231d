// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.InterruptThread;

/**
 * The receive interrupt of a queue that has a descriptor, which is readable as long as there is a
 * packet. The thread {@code interrupt} watches the descriptor only while the thread of the queue
 * waits for a packet. Source: DPDK {@code rte_eth_dev_rx_intr_enable}.
 */
public final class RxInterrupt {
    private static final int NONE = -1;
    private static final Runnable NOBODY = () -> { };

    private final InterruptThread thread;
    private int fd = NONE;
    private Runnable wake = NOBODY;
    /** The watch of the descriptor; null while there is none. */
    private Lease watch;

    /** Creates the interrupt of a queue that has no descriptor yet. */
    public RxInterrupt(InterruptThread thread) {
        this.thread = thread;
    }

    /** Gives the queue its descriptor. Control threads, while no burst runs. */
    public synchronized void open(int descriptor) {
        fd = descriptor;
    }

    /**
     * Implements {@link io.hotbus.ethdev.RxQueue#wakeOnPacket}. A packet that is there already
     * wakes, too, so none is missed between the last burst and this call.
     */
    public synchronized boolean arm(Runnable next) {
        wake = next;
        if (watch == null && fd != NONE) {
            watch = thread.watch(fd, this::fire);
        }
        return true;
    }

    /** On the thread {@code interrupt}. */
    private void fire() {
        final Runnable sleeper;
        synchronized (this) {
            if (watch == null) {
                return;
            }
            // Closed before the sleeper can watch again.
            watch.close();
            watch = null;
            sleeper = wake;
            wake = NOBODY;
        }
        sleeper.run();
    }

    /**
     * Takes the descriptor from the queue. The thread {@code interrupt} does not use it any more,
     * so it may be closed. Control threads, while no burst runs. Idempotent.
     */
    public void close() {
        final Lease last;
        synchronized (this) {
            fd = NONE;
            wake = NOBODY;
            last = watch;
            watch = null;
        }
        // Not under the lock: this waits for fire(), which takes the lock.
        if (last != null) {
            last.close();
        }
    }
}
