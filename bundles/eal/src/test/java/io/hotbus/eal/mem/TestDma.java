// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import io.hotbus.eal.io.RawMemory;
import java.lang.reflect.Field;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import sun.misc.Unsafe;

/**
 * Zeroed memory of the process, from the system's allocator, for the tests of eal and ethdev. Other
 * bundles have the one of the testkit, which is built on these two.
 */
public final class TestDma implements DmaAllocator {
    private static final Unsafe UNSAFE = unsafe();
    private static final long SMALL_PAGE = 4096;

    private final long pageSize;
    private final IovaMode iovaMode;
    private final AtomicInteger open = new AtomicInteger();

    /** In pages of 4 KiB; the IOVA is the virtual address. */
    public TestDma() {
        this(SMALL_PAGE, IovaMode.VA);
    }

    /** In pages of {@code pageSize}, each at an IOVA unrelated to its neighbour's. */
    public TestDma(long pageSize) {
        this(pageSize, IovaMode.PA);
    }

    private int node;

    private TestDma(long pageSize, IovaMode iovaMode) {
        this.pageSize = pageSize;
        this.iovaMode = iovaMode;
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
    public int open() {
        return open.get();
    }

    /** The NUMA node that the last allocation was asked for. */
    int node() {
        return node;
    }

    @Override
    public DmaMemory allocate(String name, long bytes, int numaNode) {
        node = numaNode;
        long length = (bytes + pageSize - 1) / pageSize * pageSize;
        long allocated = UNSAFE.allocateMemory(length + pageSize);
        long address = (allocated + pageSize - 1) / pageSize * pageSize;
        RawMemory.fill(address, length, (byte) 0);
        open.incrementAndGet();
        LongUnaryOperator iova = iovaMode == IovaMode.VA ? LongUnaryOperator.identity()
                : at -> (((at - address) / pageSize ^ 0x5a5a) + 1) * 2 * pageSize + at % pageSize;
        return new Memory(allocated, address, length, iova);
    }

    private final class Memory implements DmaMemory {
        private final long allocated;
        private final long address;
        private final long length;
        private final LongUnaryOperator iova;
        private boolean closed;

        Memory(long allocated, long address, long length, LongUnaryOperator iova) {
            this.allocated = allocated;
            this.address = address;
            this.length = length;
            this.iova = iova;
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
            return iova.applyAsLong(at);
        }

        @Override
        public IovaMode iovaMode() {
            return iovaMode;
        }

        @Override
        public long pageSize() {
            return pageSize;
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
                UNSAFE.freeMemory(allocated);
            }
        }
    }
}
