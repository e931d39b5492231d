// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Long views of a direct buffer. Handles are offsets into the one buffer there is: the best case,
 * for a product would first have to find the buffer that an address lies in.
 */
final class BufferMemory implements Memory {
    private static final VarHandle LONGS =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int LINE = 64;

    private final ByteBuffer buffer;

    BufferMemory(int bytes) {
        buffer = ByteBuffer.allocateDirect(bytes + LINE).alignedSlice(LINE);
    }

    @Override
    public long base() {
        return 0;
    }

    @Override
    public long get(long handle) {
        return (long) LONGS.get(buffer, (int) handle);
    }

    @Override
    public void put(long handle, long value) {
        LONGS.set(buffer, (int) handle, value);
    }

    @Override
    public long getVolatile(long handle) {
        return (long) LONGS.getVolatile(buffer, (int) handle);
    }
}
