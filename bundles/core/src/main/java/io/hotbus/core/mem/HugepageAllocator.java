// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Allocates from the 2 MiB hugepages the kernel has reserved, and from ordinary pages where these
 * do not suffice. The memory outlives this component: whoever allocated it frees it.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/mm/hugetlbpage.html">hugetlbpage</a>
 */
@Component(service = DmaAllocator.class)
public final class HugepageAllocator implements DmaAllocator {
    private static final Logger LOG = LoggerFactory.getLogger(HugepageAllocator.class);
    private static final long HUGEPAGE = 2L << 20;

    private final Linux linux;
    private final Path pool;
    private final AtomicBoolean toldOfOrdinaryPages = new AtomicBoolean();

    @Activate
    public HugepageAllocator(@Reference Linux linux) {
        this(linux, Path.of("/sys/kernel/mm/hugepages"));
    }

    /** {@code sysfs}: where the kernel shows its pools of hugepages. */
    public HugepageAllocator(Linux linux, Path sysfs) {
        this.linux = linux;
        this.pool = sysfs.resolve("hugepages-2048kB");
    }

    @Override
    public DmaMemory allocate(String name, long bytes) throws IOException {
        if (bytes <= 0 || bytes > Long.MAX_VALUE - HUGEPAGE) {
            throw new IllegalArgumentException(name + ": " + bytes + " bytes");
        }
        long pages = (bytes + HUGEPAGE - 1) / HUGEPAGE;
        if (count("free_hugepages") >= pages) {
            try {
                return map(name, pages * HUGEPAGE, HUGEPAGE);
            } catch (LinuxException e) {
                // Another process was faster; or the free pages are of another NUMA node.
                LOG.debug("{}: {} hugepages cannot be had", name, pages, e);
            }
        }
        tellOfOrdinaryPages(name, bytes, pages);
        long page = linux.pageSize();
        return map(name, (bytes + page - 1) / page * page, page);
    }

    private DmaMemory map(String name, long length, long pageSize) throws LinuxException {
        long address = linux.mapAnonymous(name, length, pageSize);
        return new Block(linux, name, address, length, pageSize);
    }

    private void tellOfOrdinaryPages(String name, long bytes, long pages) {
        if (toldOfOrdinaryPages.compareAndSet(false, true)) {
            long cure = count("nr_hugepages") - count("free_hugepages") + pages;
            LOG.info("{}: {} bytes from ordinary pages, as {} hugepages of 2 MiB are not free "
                    + "(sysctl vm.nr_hugepages={} reserves them)", name, bytes, pages, cure);
        } else {
            LOG.debug("{}: {} bytes from ordinary pages", name, bytes);
        }
    }

    /** A number of the pool; 0 where the kernel has no such pool. */
    private long count(String file) {
        try {
            return Long.parseLong(Files.readString(pool.resolve(file)).strip());
        } catch (IOException | NumberFormatException e) {
            LOG.debug("{}", pool, e);
            return 0;
        }
    }

    /** One mapping. */
    private static final class Block implements DmaMemory {
        private final Linux linux;
        private final String name;
        private final long address;
        private final long length;
        private final long pageSize;
        private final AtomicBoolean closed = new AtomicBoolean();

        Block(Linux linux, String name, long address, long length, long pageSize) {
            this.linux = linux;
            this.name = name;
            this.address = address;
            this.length = length;
            this.pageSize = pageSize;
        }

        @Override
        public long address() {
            return address;
        }

        @Override
        public long length() {
            return length;
        }

        /**
         * The virtual address itself, which is right for devices simulated in this process and for
         * an IOMMU mapped one to one.
         */
        @Override
        public long iova(long virtual) {
            if (Long.compareUnsigned(virtual - address, length) >= 0) {
                throw new IllegalArgumentException("%#x is not in %s".formatted(virtual, this));
            }
            return virtual;
        }

        @Override
        public long pageSize() {
            return pageSize;
        }

        @Override
        public void close() {
            if (!closed.compareAndSet(false, true)) {
                return;
            }
            try {
                linux.unmap(address, length);
            } catch (LinuxException e) {
                LOG.error("{}: cannot be freed", this, e);
            }
        }

        @Override
        public String toString() {
            return "%s [%#x, +%#x)".formatted(name, address, length);
        }
    }
}
