// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static io.hotbus.os.internal.LibC.C;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates mappings of fresh memory whose pages are all present. See {@link Linux}. */
final class AnonymousMemory {
    private static final Logger LOG = LoggerFactory.getLogger(AnonymousMemory.class);
    /** How many bytes one call of mincore covers. */
    private static final long MINCORE_BYTES = 1L << 30;
    private static final int FLAGS = LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS;
    /** Of a transparent hugepage; larger on some machines with larger pages. */
    private static final long TRANSPARENT = 2L << 20;
    /** Characters of a memfd's name, which has at most 249 bytes. */
    private static final int LONGEST_NAME = 60;

    private AnonymousMemory() {
    }

    /** Creates a mapping. */
    @FunctionalInterface
    private interface Creation<T> {
        T run() throws LinuxException;
    }

    static long map(String what, long length, long pageSize) throws LinuxException {
        final long address = isOrdinary(pageSize) ? mapOrdinary(what, length)
                : LinuxCalls.map(what, length,
                        FLAGS | LibC.MAP_POPULATE | LibC.MAP_HUGETLB | sizeBits(pageSize), -1, 0,
                        tooFew(pageSize));
        keep(what, address, length);
        return address;
    }

    private static Linux.SharedMapping mapShared(String what, long length, long pageSize)
            throws LinuxException {
        final boolean ordinary = isOrdinary(pageSize);
        // The bits for the size of hugepages are those of mmap: MFD_HUGE_SHIFT.
        final int flags = ordinary ? 0 : LibC.MFD_HUGETLB | sizeBits(pageSize);
        final int fd = LinuxCalls.memfd(what.substring(0, Math.min(what.length(), LONGEST_NAME)),
                length, LibC.MFD_ALLOW_SEALING | flags, LibC.F_SEAL_SHRINK | LibC.F_SEAL_GROW);
        try {
            final long address = LinuxCalls.map(what, length,
                    LibC.MAP_SHARED | LibC.MAP_POPULATE, fd, 0,
                    ordinary ? "" : tooFew(pageSize));
            keep(what, address, length);
            return new Linux.SharedMapping(address, fd);
        } catch (LinuxException e) {
            C.close(fd);
            throw e;
        }
    }

    private static boolean isOrdinary(long pageSize) {
        if (Long.bitCount(pageSize) != 1) {
            throw new IllegalArgumentException("not a page size: " + pageSize);
        }
        return pageSize == C.getpagesize();
    }

    private static int sizeBits(long pageSize) {
        return Long.numberOfTrailingZeros(pageSize) << LibC.MAP_HUGE_SHIFT;
    }

    private static String tooFew(long pageSize) {
        return "; are enough pages reserved in /sys/kernel/mm/hugepages/hugepages-"
                + (pageSize >> 10) + "kB/nr_hugepages?";
    }

    /** Requires that all pages are there, keeps them from child processes, or else unmaps. */
    private static void keep(String what, long address, long length) throws LinuxException {
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
        return onNode(what, numaNode, () -> map(what, length, pageSize));
    }

    static Linux.SharedMapping mapShared(String what, long length, long pageSize, int numaNode)
            throws LinuxException {
        return onNode(what, numaNode, () -> mapShared(what, length, pageSize));
    }

    private static <T> T onNode(String what, int numaNode, Creation<T> creation)
            throws LinuxException {
        if (numaNode == -1) {
            return creation.run();
        }
        final NumaPolicy before;
        try {
            before = NumaPolicy.current();
            NumaPolicy.preferring(numaNode).set();
        } catch (LinuxException e) {
            LOG.info("{}: from any NUMA node: {}", what, e.getMessage());
            return creation.run();
        }
        try {
            return creation.run();
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
