// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.rig;

import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.DmaMemory;
import java.io.IOException;
import java.lang.reflect.Field;
import sun.misc.Unsafe;

/** Memory of the process, from the system's allocator. */
public final class RigMemory implements DmaAllocator {
    private static final Unsafe UNSAFE = unsafe();
    private static final long PAGE = 4096;

    private final long limit;

    public RigMemory() {
        this(Long.MAX_VALUE);
    }

    /** No more than {@code limit} bytes at once. */
    public RigMemory(long limit) {
        this.limit = limit;
    }

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    public DmaMemory allocate(String name, long bytes) throws IOException {
        if (bytes > limit) {
            throw new IOException(name + ": " + bytes + " bytes: ENOMEM");
        }
        long block = UNSAFE.allocateMemory(bytes + PAGE);
        UNSAFE.setMemory(block, bytes + PAGE, (byte) 0);
        return new Memory(block, (block + PAGE - 1) & -PAGE, bytes);
    }

    private record Memory(long block, long address, long length) implements DmaMemory {
        @Override
        public long iova(long address) {
            return address;
        }

        @Override
        public long pageSize() {
            return PAGE;
        }

        @Override
        public void close() {
            UNSAFE.freeMemory(block);
        }
    }
}
