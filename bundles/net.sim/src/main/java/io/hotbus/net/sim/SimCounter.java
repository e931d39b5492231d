// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.io.Mmio;

/**
 * A statistics register as the driver shows it: counted from the last reset, and once the NIC is
 * gone what it held when it was last read. Any thread.
 */
final class SimCounter {
    private final Mmio registers;
    private final long offset;
    private long last;
    private long base;
    private boolean frozen;

    SimCounter(Mmio registers, long offset) {
        this.registers = registers;
        this.offset = offset;
    }

    synchronized long read() {
        return refresh() - base;
    }

    synchronized void reset() {
        base = refresh();
    }

    /** The window may go after this. */
    synchronized void freeze() {
        refresh();
        frozen = true;
    }

    /** The register counts up only: all-ones, or less than before, is not the register's answer. */
    private long refresh() {
        if (!frozen) {
            long value = registers.read64(offset);
            if (value != SimRegs.GONE64 && value > last) {
                last = value;
            }
        }
        return last;
    }
}
