// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.pmd.Registers;
import java.util.Arrays;

/**
 * The one interrupt of a chip whose causes all go through ICR: changes of the link raise it always,
 * received frames only while a thread waits for one.
 */
public final class GigabitInterrupt implements AdvWaker {
    /** The causes; a read does not always clear them. */
    public static final long ICR = 0x000c0;
    /** The causes that may raise the interrupt. */
    public static final long IMS = 0x000d0;
    /** The causes that may not. */
    public static final long IMC = 0x000d8;
    private static final long STATUS = 0x00008;
    /** Whether the interrupt is asserted; no cause. */
    private static final int INTA = 1 << 31;
    private static final Runnable NOBODY = () -> { };

    private final AdvHost chip;
    private final int linkCauses;
    private final int receiveCauses;
    /** What wakes the thread of each queue at the next frame. Guarded by this. */
    private final Runnable[] sleepers;
    /** Whether the kernel passes the interrupt on. */
    private volatile boolean available;
    /** Whether received frames may raise it. */
    private volatile boolean receives;

    /**
     * Creates the interrupt of a chip with so many receive queues.
     *
     * @param linkCauses    the causes that tell of the link
     * @param receiveCauses the causes that tell of received frames
     */
    public GigabitInterrupt(AdvHost chip, int queues, int linkCauses, int receiveCauses) {
        this.chip = chip;
        this.linkCauses = linkCauses;
        this.receiveCauses = receiveCauses;
        this.sleepers = new Runnable[queues];
        Arrays.fill(sleepers, NOBODY);
    }

    /**
     * Notes that the kernel passes the interrupt on from now on. Control thread.
     *
     * @param rx whether received frames may raise it, too
     */
    public void begin(boolean rx) {
        available = true;
        receives = rx;
        enable();
    }

    /** Enables the interrupt after a reset. Control thread. */
    public void enable() {
        if (available) {
            chip.write(IMS, linkCauses);
        }
    }

    /** Lets nothing raise the interrupt. */
    public void disable() {
        chip.write(IMC, -1);
    }

    @Override
    public synchronized boolean arm(int queue, Runnable wake) {
        if (!receives) {
            return false;
        }
        sleepers[queue] = wake;
        chip.write(ICR, receiveCauses);
        chip.write(IMS, receiveCauses);
        // The writes have arrived when a read returns: a frame whose cause they have cleared is in
        // memory by then.
        chip.read(STATUS);
        return true;
    }

    @Override
    public void wake(int queue) {
        Runnable sleeper;
        synchronized (this) {
            sleeper = sleepers[queue];
            sleepers[queue] = NOBODY;
        }
        sleeper.run();
    }

    /** Clears the causes, and returns them. */
    public int acknowledge() {
        int causes = chip.read(ICR);
        if (causes != Registers.GONE && causes != 0) {
            chip.write(ICR, causes & ~INTA);
        }
        return causes;
    }

    /**
     * Handles an interrupt. Thread {@code interrupt}.
     *
     * @return whether the state of the chip may have changed: the interrupt was not for received
     *     frames alone
     */
    public boolean handle() {
        int causes;
        // A thread that is about to sleep must not be between its two writes.
        synchronized (this) {
            causes = acknowledge();
            if (causes != Registers.GONE && (causes & receiveCauses) != 0) {
                chip.write(IMC, receiveCauses);
            }
        }
        if ((causes & receiveCauses) != 0) {
            for (int queue = 0; queue < sleepers.length; queue++) {
                wake(queue);
            }
        }
        return (causes & receiveCauses) == 0 || (causes & linkCauses) != 0;
    }
}
