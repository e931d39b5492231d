// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.pmd.Registers;
import java.util.Arrays;

/**
 * The one interrupt of the chip: changes of the link raise it always, received frames only while a
 * thread waits for one. Source: 82574 data sheet, section 7.4.
 */
final class E1000eInterrupt {
    private static final Runnable NOBODY = () -> { };

    private final E1000eChip chip;
    /** What wakes the thread of each queue at the next frame. Guarded by this. */
    private final Runnable[] sleepers = new Runnable[E1000eRegs.QUEUES];
    /** Whether the kernel passes the interrupt on. */
    private volatile boolean available;
    /** Whether received frames may raise it. */
    private volatile boolean receives;

    E1000eInterrupt(E1000eChip chip) {
        this.chip = chip;
        Arrays.fill(sleepers, NOBODY);
    }

    /**
     * Notes that the kernel passes the interrupt on from now on. Control thread.
     *
     * @param rx whether received frames may raise it, too
     */
    void begin(boolean rx) {
        available = true;
        receives = rx;
        enable();
    }

    /** Enables the interrupt after a reset. Control thread. */
    void enable() {
        if (available) {
            chip.enableInterrupt();
        }
    }

    /**
     * Implements {@link io.hotbus.ethdev.RxQueue#wakeOnPacket} but for packets that are in the ring
     * already: the caller looks for these afterwards. The thread of the queue.
     */
    synchronized boolean arm(int queue, Runnable wake) {
        if (!receives) {
            return false;
        }
        sleepers[queue] = wake;
        chip.enableRxInterrupt();
        return true;
    }

    /** Wakes the thread that waits for a packet of the queue, if there is one. */
    void wake(int queue) {
        Runnable sleeper;
        synchronized (this) {
            sleeper = sleepers[queue];
            sleepers[queue] = NOBODY;
        }
        sleeper.run();
    }

    /**
     * Handles an interrupt. Thread {@code interrupt}.
     *
     * @return whether the state of the chip may have changed: the interrupt was not for received
     *     frames alone
     */
    boolean handle() {
        int causes;
        // A thread that is about to sleep must not be between its two writes.
        synchronized (this) {
            causes = chip.acknowledge();
            if (causes != Registers.GONE && (causes & E1000eRegs.INT_RX) != 0) {
                chip.disableRxInterrupt();
            }
        }
        if ((causes & E1000eRegs.INT_RX) != 0) {
            for (int queue = 0; queue < sleepers.length; queue++) {
                wake(queue);
            }
        }
        return (causes & E1000eRegs.INT_RX) == 0 || (causes & E1000eRegs.INT_LSC) != 0;
    }
}
