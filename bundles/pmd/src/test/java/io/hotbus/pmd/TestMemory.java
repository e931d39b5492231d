// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.TestDma;

/** Plain memory in the place of the registers of a device. */
final class TestMemory implements AutoCloseable {
    private static final int LENGTH = 4096;

    private final DmaMemory memory = new TestDma().allocate("registers", LENGTH, 0);
    final Mmio window = new Mmio("test0 BAR0", memory.address(), LENGTH);

    /** The device was pulled out. */
    void vanish() {
        RawMemory.fill(memory.address(), LENGTH, (byte) -1);
    }

    @Override
    public void close() {
        window.revoke();
        memory.close();
    }
}
