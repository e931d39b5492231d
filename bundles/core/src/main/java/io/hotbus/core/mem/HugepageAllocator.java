// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import io.hotbus.core.mem.MemoryLimits.Limit;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.IovaMode;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Allocates from the 2 MiB hugepages that the kernel has reserved, or from ordinary pages if there
 * are too few. The memory outlives this component; the user of the memory closes it.
 *
 * <p>The kernel never moves a hugepage, so a device can use its physical address, if the kernel
 * reveals that ({@link IovaMode#PA}). The kernel may move an ordinary page at any time, so its
 * physical address is of no use to a device: its mode is always {@link IovaMode#VA}.
 *
 * <p>Another process can map hugepages, and ordinary pages if {@link CoreSettings#sharedMemory}
 * says so: most kernels have no transparent hugepages for shared memory.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/mm/hugetlbpage.html">hugetlbpage</a>
 */
@Component(service = DmaAllocator.class)
public final class HugepageAllocator implements DmaAllocator {
    private static final Logger LOG = LoggerFactory.getLogger(HugepageAllocator.class);
    private static final long HUGEPAGE = 2L << 20;
    private static final String POOL = "hugepages/hugepages-2048kB";
    private static final long[] NOT_KNOWN = {};

    private final Linux linux;
    private final DmaMappers mappers;
    private final CoreSettings settings;
    private final Path sysfs;
    private final Path pool;
    private final Pagemap pagemap;
    private final MemoryLimits limits;
    private final AtomicBoolean toldOfOrdinaryPages = new AtomicBoolean();
    private final AtomicBoolean toldOfForbidden = new AtomicBoolean();
    private final AtomicReference<IovaMode> toldMode = new AtomicReference<>();

    @Activate
    public HugepageAllocator(@Reference Linux linux, @Reference DmaMappers mappers,
            @Reference CoreSettings settings) {
        this(linux, mappers, settings, Path.of("/sys"), Path.of("/proc/self/pagemap"),
                Path.of("/proc"));
    }

    /**
     * @param sysfs   where the kernel shows its pools of hugepages
     * @param pagemap the kernel's pagemap file of this process
     * @param proc    where proc is mounted, for the limits
     */
    public HugepageAllocator(Linux linux, DmaMappers mappers, CoreSettings settings, Path sysfs,
            Path pagemap, Path proc) {
        this.linux = linux;
        this.mappers = mappers;
        this.settings = settings;
        this.sysfs = sysfs;
        this.pool = sysfs.resolve("kernel/mm").resolve(POOL);
        this.pagemap = new Pagemap(pagemap, linux.pageSize());
        this.limits = new MemoryLimits(proc);
    }

    @Override
    public DmaMemory allocate(String name, long bytes, int numaNode) throws IOException {
        if (bytes <= 0 || bytes > Long.MAX_VALUE - HUGEPAGE) {
            throw new IllegalArgumentException(name + ": " + bytes + " bytes");
        }
        DmaBlock block = map(name, bytes, numaNode);
        mappers.publish(block, block::free);
        return block;
    }

    private DmaBlock map(String name, long bytes, int numaNode) throws IOException {
        long pages = (bytes + HUGEPAGE - 1) / HUGEPAGE;
        if (!settings.hugepages()) {
            LOG.debug("{}: {} bytes from ordinary pages, as {} says", name, bytes,
                    CoreSettings.PID);
        } else if (free() < pages) {
            tellOfOrdinaryPages(name, bytes, pages);
        } else {
            tellOfOtherNodes(name, pages, numaNode);
            try {
                return mapHugepages(name, pages * HUGEPAGE, numaNode);
            } catch (LinuxException e) {
                tellOfForbiddenPages(name, pages, e);
            }
        }
        return mapOrdinaryPages(name, bytes, numaNode);
    }

    /**
     * Maps ordinary pages. Checks the limits first: if memory runs out later, the kernel kills the
     * process.
     */
    private DmaBlock mapOrdinaryPages(String name, long bytes, int numaNode) throws IOException {
        long page = linux.pageSize();
        long length = (bytes + page - 1) / page * page;
        Optional<Limit> forbidding = limits.forbidding(length);
        if (forbidding.isPresent()) {
            throw new IOException("%s: %s MiB are needed, %s"
                    .formatted(name, (length >> 20) + 1, forbidding.get()));
        }
        Linux.SharedMapping memory = settings.sharedMemory()
                ? linux.mapShared(name, length, page, numaNode)
                : new Linux.SharedMapping(linux.mapAnonymous(name, length, page, numaNode), -1);
        return new DmaBlock(linux, mappers, name, memory, length, page, NOT_KNOWN);
    }

    private DmaBlock mapHugepages(String name, long length, int numaNode) throws LinuxException {
        Linux.SharedMapping memory = linux.mapShared(name, length, HUGEPAGE, numaNode);
        long[] physical = NOT_KNOWN;
        try {
            physical = pagemap.physical(memory.address(), (int) (length / HUGEPAGE), HUGEPAGE);
            tellMode(IovaMode.PA, "devices are given its physical addresses");
        } catch (IOException e) {
            tellMode(IovaMode.VA, "devices not behind an IOMMU cannot be given it, as "
                    + e.getMessage());
        }
        return new DmaBlock(linux, mappers, name, memory, length, HUGEPAGE, physical);
    }

    /** Logs the mode once, and again whenever it changes. */
    private void tellMode(IovaMode mode, String why) {
        if (toldMode.getAndSet(mode) != mode) {
            LOG.info("memory for devices from hugepages, IOVA mode {}: {}", mode, why);
        }
    }

    private void tellOfOtherNodes(String name, long pages, int numaNode) {
        if (numaNode == ANY_NODE) {
            return;
        }
        long there = count(sysfs.resolve("devices/system/node/node" + numaNode).resolve(POOL),
                "free_hugepages");
        if (there < pages) {
            LOG.info("{}: {} of its {} hugepages are from another NUMA node than {}, which has no "
                    + "more free", name, pages - there, pages, numaNode);
        }
    }

    private void tellOfOrdinaryPages(String name, long bytes, long pages) {
        if (toldOfOrdinaryPages.compareAndSet(false, true)) {
            long cure = count(pool, "nr_hugepages") - free() + pages;
            LOG.info("{}: {} bytes from ordinary pages, as {} hugepages of 2 MiB are not free "
                    + "(sysctl vm.nr_hugepages={} reserves them); devices not behind an IOMMU "
                    + "cannot be given these", name, bytes, pages, cure);
        } else {
            LOG.debug("{}: {} bytes from ordinary pages", name, bytes);
        }
    }

    /** Logs why this process cannot get hugepages that the kernel shows as free. */
    private void tellOfForbiddenPages(String name, long pages, LinuxException refused) {
        String limit = limits.forbiddingHugepages(pages * HUGEPAGE).map(Limit::toString)
                .orElse("no limit is known: another process was faster, or the process may not "
                        + "use the NUMA node (cpuset.mems)");
        if (toldOfForbidden.compareAndSet(false, true)) {
            LOG.warn("{}: from ordinary pages, though {} hugepages of 2 MiB are free: {} ({}); "
                    + "devices not behind an IOMMU cannot be given these", name, pages, limit,
                    refused.getMessage());
        } else {
            LOG.debug("{}: {} hugepages are forbidden: {}", name, pages, limit, refused);
        }
    }

    /** The number of pages that are free and not reserved for another mapping. */
    private long free() {
        return count(pool, "free_hugepages") - count(pool, "resv_hugepages");
    }

    /** Reads a counter of the pool; 0 if the kernel has no such pool. */
    private static long count(Path pool, String file) {
        return MemoryLimits.parse(MemoryLimits.read(pool.resolve(file))).orElse(0L);
    }
}
