// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.IovaMode;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import sun.misc.Unsafe;

/**
 * Memory in pages, each at a physical address that has nothing to do with its neighbour's, and what
 * a memory controller knows: which of these addresses there are now.
 */
final class TestDma implements DmaAllocator {
    static final int FAULT = -1;
    static final long HUGEPAGE = 2 << 20;
    static final long ORDINARY_PAGE = 4096;
    private static final Unsafe UNSAFE = unsafe();

    private final Map<Long, Long> pages = new ConcurrentHashMap<>();
    private long nextPage = 1L << 32;
    private int open;
    /** Of the memory allocated from now on. */
    private long pageSize = HUGEPAGE;

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    void pageSize(long bytes) {
        pageSize = bytes;
    }

    /** How many allocations were not closed. */
    synchronized int open() {
        return open;
    }

    /** Where the bytes are that a device asks for by {@code iova}, or {@link #FAULT}. */
    long translate(long iova, int length) {
        for (long size : new long[] {HUGEPAGE, ORDINARY_PAGE}) {
            Long page = pages.get(iova & -size);
            if (page != null) {
                long offset = iova & size - 1;
                return offset + length > size ? FAULT : page + offset;
            }
        }
        return FAULT;
    }

    @Override
    public synchronized DmaMemory allocate(String name, long bytes, int numaNode) {
        long length = (bytes + pageSize - 1) & -pageSize;
        long allocated = UNSAFE.allocateMemory(length + pageSize);
        long address = (allocated + pageSize - 1) & -pageSize;
        UNSAFE.setMemory(address, length, (byte) 0);
        // As many pages apart as there are, so that none follows its neighbour.
        long count = length / pageSize;
        long firstIova = nextPage;
        nextPage += 2 * length + HUGEPAGE & -HUGEPAGE;
        for (long page = 0; page < count; page++) {
            pages.put(firstIova + 2 * page * pageSize, address + page * pageSize);
        }
        open++;
        return new Memory(allocated, address, length, pageSize, firstIova);
    }

    private final class Memory implements DmaMemory {
        private final long allocated;
        private final long address;
        private final long length;
        private final long page;
        private final long firstIova;
        private boolean closed;

        Memory(long allocated, long address, long length, long page, long firstIova) {
            this.allocated = allocated;
            this.address = address;
            this.length = length;
            this.page = page;
            this.firstIova = firstIova;
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
        public long iova(long virtual) {
            long offset = virtual - address;
            return firstIova + 2 * (offset & -page) + (offset & page - 1);
        }

        @Override
        public IovaMode iovaMode() {
            return IovaMode.PA;
        }

        @Override
        public long pageSize() {
            return page;
        }

        @Override
        public void close() {
            synchronized (TestDma.this) {
                if (!closed) {
                    closed = true;
                    open--;
                    pages.values().removeIf(va -> va >= address && va < address + length);
                    UNSAFE.freeMemory(allocated);
                }
            }
        }
    }
}
