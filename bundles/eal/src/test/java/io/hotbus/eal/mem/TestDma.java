// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import java.lang.reflect.Field;
import sun.misc.Unsafe;

/** Memory in pages of a given size, each at an IOVA that has nothing to do with its neighbour's. */
final class TestDma implements DmaAllocator {
    private static final Unsafe UNSAFE = unsafe();

    private final long pageSize;
    private int open;

    TestDma(long pageSize) {
        this.pageSize = pageSize;
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

    /** How many allocations were not closed. */
    int open() {
        return open;
    }

    @Override
    public DmaMemory allocate(String name, long bytes) {
        long length = (bytes + pageSize - 1) / pageSize * pageSize;
        long allocated = UNSAFE.allocateMemory(length + pageSize);
        open++;
        return new Memory(allocated, (allocated + pageSize - 1) / pageSize * pageSize, length);
    }

    private final class Memory implements DmaMemory {
        private final long allocated;
        private final long address;
        private final long length;
        private boolean closed;

        Memory(long allocated, long address, long length) {
            this.allocated = allocated;
            this.address = address;
            this.length = length;
        }

        @Override
        public long address() {
            return address;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public long iova(long at) {
            long page = (at - address) / pageSize;
            return ((page ^ 0x5a5a) + 1) * 2 * pageSize + at % pageSize;
        }

        @Override
        public long pageSize() {
            return pageSize;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                open--;
                UNSAFE.freeMemory(allocated);
            }
        }
    }
}
