// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import io.hotbus.eal.io.Mmio;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Accesses the registers of a device in one window, waits for bits with a deadline, and tells
 * whether the device still answers. Any thread.
 *
 * <p>The registers of a removed device read as all-ones. A driver may wait here only for registers
 * that never hold all-ones while the device is present.
 */
public final class Registers {
    /** The value of a 32-bit read when the device is gone. */
    public static final int GONE = -1;
    /** The value of a 64-bit read when the device is gone. */
    public static final long GONE64 = -1L;

    private static final long POLL_NANOS = 20_000;

    private final Mmio window;
    private final Predicate<Registers> absent;

    /**
     * Accesses the registers in {@code window}.
     *
     * @param absent tests whether the device is gone; may read registers, must not wait
     */
    public Registers(Mmio window, Predicate<Registers> absent) {
        this.window = window;
        this.absent = absent;
    }

    /** Accesses {@code window}; the device is gone when 32 bits at {@code sign} are all-ones. */
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

    /** Whether the device does not answer. */
    public boolean isAbsent() {
        return absent.test(this);
    }

    /**
     * Waits until the bits {@code mask} of the register at {@code offset} read {@code expected}.
     * Returns at once when the device does not answer. The last read happens after the deadline, so
     * that the wait does not fail because its thread got no CPU time.
     *
     * @param limit the longest time to wait
     * @return whether the bits read {@code expected}
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
