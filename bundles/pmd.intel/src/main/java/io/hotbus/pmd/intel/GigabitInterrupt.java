// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.pmd.Registers;
import java.util.Arrays;

/**
 * The one interrupt of a chip whose causes all go through ICR: changes of the link raise it always,
 * received frames only while a thread waits for one.
 */
public final class GigabitInterrupt implements RxWaker {
    /**
     * The causes that are used.
     *
     * @param link     those that tell of the link
     * @param received those that tell of received frames
     */
    public record Causes(int link, int received) {
    }

    /** The causes; a read does not always clear them. */
    public static final long ICR = 0x000c0;
    /** The causes that may raise the interrupt. */
    public static final long IMS = 0x000d0;
    /** The causes that may not. */
    public static final long IMC = 0x000d8;
    /** Whether the interrupt is asserted; no cause. */
    private static final int INTA = 1 << 31;
    private static final Runnable NOBODY = () -> { };

    private final AbstractGigabitFunction chip;
    private final Causes used;
    /** What wakes the thread of each queue at the next frame. Guarded by this. */
    private final Runnable[] sleepers;
    /** Whether the kernel passes the interrupt on. */
    private volatile boolean available;
    /** Whether received frames may raise it. */
    private volatile boolean receives;

    /** Creates the interrupt of a chip with so many receive queues. */
    GigabitInterrupt(AbstractGigabitFunction chip, int queues, Causes used) {
        this.chip = chip;
        this.used = used;
        this.sleepers = new Runnable[queues];
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
            chip.write(IMS, used.link());
        }
    }

    /** Lets nothing raise the interrupt. */
    void disable() {
        chip.write(IMC, -1);
    }

    @Override
    public synchronized boolean arm(int queue, Runnable wake) {
        if (!receives) {
            return false;
        }
        sleepers[queue] = wake;
        chip.write(ICR, used.received());
        chip.write(IMS, used.received());
        // The writes have arrived when a read returns: a frame whose cause they have cleared is in
        // memory by then.
        chip.read(GigabitRegs.STATUS);
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
    boolean handle() {
        int causes;
        // A thread that is about to sleep must not be between its two writes.
        synchronized (this) {
            causes = acknowledge();
            if (causes != Registers.GONE && (causes & used.received()) != 0) {
                chip.write(IMC, used.received());
            }
        }
        if ((causes & used.received()) != 0) {
            for (int queue = 0; queue < sleepers.length; queue++) {
                wake(queue);
            }
        }
        return (causes & used.received()) == 0 || (causes & used.link()) != 0;
    }
}
