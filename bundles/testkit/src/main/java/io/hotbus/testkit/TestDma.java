// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.IovaMode;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import sun.misc.Unsafe;

/**
 * Allocates zeroed memory of the process for a modelled device, and translates the IOVAs that the
 * device uses. Any thread.
 *
 * <p>With physical addresses, no two pages are adjacent. A driver that wrongly assumes contiguous
 * addresses therefore makes the device read from the wrong place.
 */
public final class TestDma implements DmaAllocator {
    /** What {@link #translate} returns for an IOVA that is not in the memory of the driver. */
    public static final long FAULT = -1;
    /** Bytes in a hugepage. */
    public static final long HUGEPAGE = 2 << 20;
    /** Bytes in an ordinary page. */
    public static final long ORDINARY_PAGE = 4096;
    private static final Unsafe UNSAFE = unsafe();

    /** Memory that is contiguous for the device. */
    private record Range(long address, long length) {
    }

    private final IovaMode iovaMode;
    /** The ranges, by first IOVA. */
    private final NavigableMap<Long, Range> ranges = new ConcurrentSkipListMap<>();
    /** Guarded by this object's monitor, like the fields below. */
    private long nextIova = 1L << 32;
    private int open;
    private long pageSize;

    /** Allocates in ordinary pages. The IOVA is the virtual address, as with an IOMMU. */
    public TestDma() {
        this(ORDINARY_PAGE, IovaMode.VA);
    }

    /**
     * Allocates in pages at scattered physical addresses, as without an IOMMU.
     *
     * @param pageSize bytes, a power of two
     */
    public TestDma(long pageSize) {
        this(pageSize, IovaMode.PA);
    }

    private TestDma(long pageSize, IovaMode iovaMode) {
        this.pageSize = pageSize;
        this.iovaMode = iovaMode;
    }

    private static Unsafe unsafe() {
        try {
            final Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Sets the page size in bytes for memory that is allocated from now on. */
    public synchronized void pageSize(long bytes) {
        pageSize = bytes;
    }

    /** The number of allocations that are not closed. */
    public synchronized int open() {
        return open;
    }

    /**
     * The virtual address of the {@code length} bytes at {@code iova}, or {@link #FAULT} if these
     * bytes are not in allocated memory, or not contiguous for the device.
     */
    public long translate(long iova, int length) {
        final Map.Entry<Long, Range> found = ranges.floorEntry(iova);
        if (found == null) {
            return FAULT;
        }
        final long offset = iova - found.getKey();
        final Range range = found.getValue();
        return offset + length > range.length() ? FAULT : range.address() + offset;
    }

    @Override
    public synchronized DmaMemory allocate(String name, long bytes, int numaNode) {
        final long length = (bytes + pageSize - 1) & -pageSize;
        final long allocated = UNSAFE.allocateMemory(length + pageSize);
        final long address = (allocated + pageSize - 1) & -pageSize;
        RawMemory.fill(address, length, (byte) 0);
        final Memory memory = new Memory(allocated, address, length, pageSize, firstIova(length));
        memory.publish();
        open++;
        return memory;
    }

    /** Leaves a gap of one page after each page, and begins each allocation at a hugepage. */
    private long firstIova(long length) {
        final long first = nextIova;
        nextIova += 2 * length + HUGEPAGE & -HUGEPAGE;
        return first;
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

        /** Makes the memory reachable for the device. */
        void publish() {
            final long step = iovaMode == IovaMode.VA ? length : page;
            for (long at = address; at < address + length; at += step) {
                ranges.put(iova(at), new Range(at, step));
            }
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
            final long offset = virtual - address;
            return iovaMode == IovaMode.VA ? virtual
                    : firstIova + 2 * (offset & -page) + (offset & page - 1);
        }

        @Override
        public IovaMode iovaMode() {
            return iovaMode;
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
                    ranges.values().removeIf(range ->
                            range.address() >= address && range.address() < address + length);
                    UNSAFE.freeMemory(allocated);
                }
            }
        }
    }
}
