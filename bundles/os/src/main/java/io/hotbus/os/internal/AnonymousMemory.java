// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static io.hotbus.os.internal.LibC.C;

import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates anonymous mappings whose pages are all present. See {@link io.hotbus.os.Linux}. */
final class AnonymousMemory {
    private static final Logger LOG = LoggerFactory.getLogger(AnonymousMemory.class);
    /** How many bytes one call of mincore covers. */
    private static final long MINCORE_BYTES = 1L << 30;
    private static final int FLAGS = LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS;
    /** Of a transparent hugepage; larger on some machines with larger pages. */
    private static final long TRANSPARENT = 2L << 20;

    private AnonymousMemory() {
    }

    static long map(String what, long length, long pageSize) throws LinuxException {
        final long address;
        if (pageSize == C.getpagesize()) {
            address = mapOrdinary(what, length);
        } else if (Long.bitCount(pageSize) == 1) {
            final int log2 = Long.numberOfTrailingZeros(pageSize);
            final int huge = LibC.MAP_HUGETLB | log2 << LibC.MAP_HUGE_SHIFT;
            address = LinuxCalls.map(what, length, FLAGS | LibC.MAP_POPULATE | huge, -1, 0,
                    "; are enough pages reserved in /sys/kernel/mm/hugepages/hugepages-"
                            + (pageSize >> 10) + "kB/nr_hugepages?");
        } else {
            throw new IllegalArgumentException("not a page size: " + pageSize);
        }
        try {
            requireResident(what, address, length);
            // Otherwise, a write after a fork would go to a copy of the page, which the device does
            // not see.
            if (C.madvise(address, length, LibC.MADV_DONTFORK) < 0) {
                throw LinuxCalls.failure("madvise(" + what + ", MADV_DONTFORK)");
            }
        } catch (LinuxException e) {
            if (C.munmap(address, length) < 0) {
                e.addSuppressed(LinuxCalls.failure("munmap(" + what + ")"));
            }
            throw e;
        }
        return address;
    }

    /**
     * Maps ordinary pages, as transparent hugepages where the kernel has them: the CPU's cache of
     * page tables then covers all buffers of a pool. Before Linux 5.14 there is no way to populate
     * such a mapping and to learn of missing pages.
     */
    private static long mapOrdinary(String what, long length) throws LinuxException {
        if (length >= TRANSPARENT) {
            final long address = mapAligned(what, length);
            C.madvise(address, length, LibC.MADV_HUGEPAGE); // advice: the kernel may have none
            if (C.madvise(address, length, LibC.MADV_POPULATE_WRITE) == 0) {
                return address;
            }
            final LinuxException failure = LinuxCalls.failure("madvise(" + what + ", " + length
                    + " bytes, MADV_POPULATE_WRITE)");
            unmap(what, address, length);
            if (failure.errno() != Errno.EINVAL) {
                throw failure;
            }
        }
        return LinuxCalls.map(what, length, FLAGS | LibC.MAP_POPULATE, -1, 0, "");
    }

    /** Maps memory that begins where a transparent hugepage can begin. */
    private static long mapAligned(String what, long length) throws LinuxException {
        final long mapped = LinuxCalls.map(what, length + TRANSPARENT, FLAGS, -1, 0, "");
        final long address = mapped + TRANSPARENT - 1 & -TRANSPARENT;
        unmap(what, mapped, address - mapped);
        final long end = address + length + C.getpagesize() - 1 & -C.getpagesize();
        unmap(what, end, mapped + length + TRANSPARENT - end);
        return address;
    }

    private static void unmap(String what, long address, long length) throws LinuxException {
        if (length > 0 && C.munmap(address, length) < 0) {
            throw LinuxCalls.failure("munmap(" + what + ")");
        }
    }

    /**
     * Throws unless all pages are present. MAP_POPULATE does not report missing pages, and
     * MADV_POPULATE_WRITE, which does, came with Linux 5.14. A thread that touches a missing page
     * gets SIGBUS.
     */
    private static void requireResident(String what, long address, long length)
            throws LinuxException {
        final long there = resident(address, length);
        if (there < length) {
            throw new LinuxException("mmap(" + what + ", " + length + " bytes)", Errno.ENOMEM,
                    "%s; the kernel gave only %s of these bytes".formatted(
                            ErrnoText.of(Errno.ENOMEM), there));
        }
    }

    /** How many bytes of a mapping lie in memory now, in whole pages. */
    static long resident(long address, long length) throws LinuxException {
        final int page = C.getpagesize();
        final byte[] pages = new byte[(int) ((Math.min(length, MINCORE_BYTES) + page - 1) / page)];
        long resident = 0;
        for (long done = 0; done < length; done += MINCORE_BYTES) {
            final long bytes = Math.min(length - done, MINCORE_BYTES);
            if (C.mincore(address + done, bytes, pages) < 0) {
                throw LinuxCalls.failure("mincore(%#x, %s)".formatted(address + done, bytes));
            }
            final int count = (int) ((bytes + page - 1) / page);
            for (int i = 0; i < count; i++) {
                resident += (pages[i] & 1) * (long) page;
            }
        }
        return resident;
    }

    static long map(String what, long length, long pageSize, int numaNode)
            throws LinuxException {
        if (numaNode == -1) {
            return map(what, length, pageSize);
        }
        final NumaPolicy before;
        try {
            before = NumaPolicy.current();
            NumaPolicy.preferring(numaNode).set();
        } catch (LinuxException e) {
            LOG.info("{}: from any NUMA node: {}", what, e.getMessage());
            return map(what, length, pageSize);
        }
        try {
            return map(what, length, pageSize);
        } finally {
            restore(before);
        }
    }

    private static void restore(NumaPolicy policy) {
        try {
            policy.set();
        } catch (LinuxException e) {
            LOG.error("all further memory of {} is from the NUMA node of its last mapping",
                    Thread.currentThread().getName(), e);
        }
    }
}
