// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.io.Mmio;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The NIC as the driver sees it: its windows, and how to wait for it.
 *
 * @param registers BAR0
 * @param rings     BAR2
 */
record SimBars(Mmio registers, Mmio rings) {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long POLL_NANOS = 20_000;

    /** Whether nobody answers: no register ever holds all-ones. */
    boolean isGone() {
        return registers.read32(SimRegs.STATUS) == SimRegs.GONE;
    }

    /**
     * Waits, at most 2 s, until the bits {@code mask} of a 32-bit register read {@code expected};
     * whether they do. False at once where nobody answers. The last look is after the deadline, so
     * that it does not matter whether this thread was on a CPU until then.
     */
    boolean await(long register, int mask, int expected) {
        long start = System.nanoTime();
        while (true) {
            boolean late = System.nanoTime() - start > DEADLINE_NANOS;
            int value = registers.read32(register);
            if (value == SimRegs.GONE) {
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
