// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench.memory;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.testkit.TestDma;
import java.io.IOException;

/** The product's {@link RawMemory}, as it is. Handles are addresses. */
final class UnsafeMemory implements Memory {
    private final long base;

    UnsafeMemory(int bytes) throws IOException {
        base = new TestDma().allocate("bench", bytes).address();
    }

    @Override
    public long base() {
        return base;
    }

    @Override
    public long get(long handle) {
        return RawMemory.getLong(handle);
    }

    @Override
    public void put(long handle, long value) {
        RawMemory.putLong(handle, value);
    }

    @Override
    public long getVolatile(long handle) {
        return RawMemory.getLongVolatile(handle);
    }
}
