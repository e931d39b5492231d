// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.os.LinuxException;

/** A chip that doubles the number whose address the driver writes to a register. */
final class DoublerModel extends NicModel {
    static final long LENGTH = 4096;
    /** Bit 0: there is something to do. Bit 1: the chip is ready. */
    static final long CONTROL = 0;
    static final long ADDRESS = 8;
    static final int READY = 2;

    DoublerModel(TestDma memory) throws LinuxException {
        super("doubler", memory, LENGTH, LENGTH);
        start();
    }

    @Override
    protected void reset() {
        set(CONTROL, READY);
    }

    @Override
    protected boolean step() {
        if ((get(CONTROL) & 1) == 0) {
            return false;
        }
        long iova = Integer.toUnsignedLong(get(ADDRESS)) | (long) get(ADDRESS + 4) << 32;
        long number = translate("number", iova, Integer.BYTES);
        if (number != TestDma.FAULT) {
            RawMemory.putIntRelease(number, 2 * RawMemory.getIntVolatile(number));
        }
        set(CONTROL, READY);
        return true;
    }
}
