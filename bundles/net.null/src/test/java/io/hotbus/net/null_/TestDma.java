// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.null_;

import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.DmaMemory;
import java.lang.reflect.Field;
import sun.misc.Unsafe;

/** Ordinary memory. */
final class TestDma implements DmaAllocator {
    private static final int PAGE = 4096;

    @Override
    public DmaMemory allocate(String name, long bytes) {
        Unsafe unsafe = unsafe();
        long allocated = unsafe.allocateMemory(bytes + PAGE);
        return new DmaMemory() {
            @Override
            public long address() {
                return (allocated + PAGE - 1) & -PAGE;
            }

            @Override
            public long length() {
                return bytes;
            }

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
                unsafe.freeMemory(allocated);
            }
        };
    }

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
