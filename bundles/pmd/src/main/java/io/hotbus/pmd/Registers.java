// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import io.hotbus.eal.io.Mmio;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * The registers of a device in one window: access, waits with a deadline, and whether a device
 * answers at all. Any thread.
 *
 * <p>A device that was pulled out reads as all-ones. A driver waits here only for registers that
 * never hold all-ones while the device is there.
 */
public final class Registers {
    /** What 32 bits read as when the device is gone. */
    public static final int GONE = -1;
    /** What 64 bits read as when the device is gone. */
    public static final long GONE64 = -1L;

    private static final long POLL_NANOS = 20_000;

    private final Mmio window;
    private final Predicate<Registers> absent;

    /**
     * The registers in {@code window}.
     *
     * @param absent looks whether no device answers; it may read registers, and must not wait
     */
    public Registers(Mmio window, Predicate<Registers> absent) {
        this.window = window;
        this.absent = absent;
    }

    /** The registers in {@code window}, of which the 32 bits at {@code sign} tell of a removal. */
    public static Registers withSign(Mmio window, long sign) {
        return new Registers(window, registers -> registers.read32(sign) == GONE);
    }

    /** Reads 32 bits at {@code offset}; see {@link Mmio#read32}. */
    public int read32(long offset) {
        return window.read32(offset);
    }

    /** Reads 64 bits at {@code offset}; see {@link Mmio#read64}. */
    public long read64(long offset) {
        return window.read64(offset);
    }

    /** Writes 32 bits at {@code offset}; see {@link Mmio#write32}. */
    public void write32(long offset, int value) {
        window.write32(offset, value);
    }

    /** Writes 64 bits at {@code offset}; see {@link Mmio#write64}. */
    public void write64(long offset, long value) {
        window.write64(offset, value);
    }

    /** Whether no device answers. */
    public boolean isAbsent() {
        return absent.test(this);
    }

    /**
     * Waits until the bits {@code mask} of the 32 bits at {@code offset} read {@code expected}.
     * Returns at once when no device answers. The last look is after the deadline, so that a thread
     * that was kept off its CPU does not fail.
     *
     * @param limit how long to wait at most
     * @return whether they did
     */
    public boolean await(long offset, int mask, int expected, Duration limit) {
        long start = System.nanoTime();
        while (true) {
            boolean late = System.nanoTime() - start > limit.toNanos();
            int value = read32(offset);
            if (value == GONE || isAbsent()) {
                return false;
            }
            if ((value & mask) == expected) {
                return true;
            }
            if (late) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
