// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import static io.hotbus.bus.pci.internal.vfio.VfioUapi.CAP_LIST;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.CAP_LIST_COUNT;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.CAP_LIST_ENTRY;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.FLAGS;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.TYPE1_INFO_CAP_OFFSET;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_IOMMU_GET_INFO;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_IOMMU_INFO_CAPS;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_IOMMU_MAP_DMA;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_IOMMU_UNMAP_DMA;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.IovaMode;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses that the devices of one IOMMU group can reach. The kernel pins mapped pages: it
 * does not reuse them while they are mapped, even if the process has freed them. Without an IOMMU
 * no memory is mapped, and the devices reach all memory by physical addresses.
 *
 * <p>Any thread.
 */
final class VfioContainer {
    private static final Logger LOG = LoggerFactory.getLogger(VfioContainer.class);
    /** The container has the most mappings that {@code vfio_iommu_type1.dma_entry_limit} allows. */
    private static final int ENOSPC = 28;
    private static final long HUGEPAGE = 2L << 20;

    /** I/O virtual addresses from first to last, both included, as in the kernel; unsigned. */
    private record IovaRange(long first, long last) {
        boolean covers(VfioDmaRun run) {
            return Long.compareUnsigned(first, run.iova()) <= 0
                    && Long.compareUnsigned(run.iova() + run.length() - 1, last) <= 0;
        }

        @Override
        public String toString() {
            return "%#x-%#x".formatted(first, last);
        }
    }

    private final Linux linux;
    private final String name;
    private final int fd;
    private final boolean noIommu;
    /** The mapped memory, by identity. Guarded by this, like the fields below. */
    private final Map<DmaMemory, List<VfioDmaRun>> mapped = new IdentityHashMap<>();
    /** Memory that the kernel failed to unmap. */
    private final Map<DmaMemory, List<VfioDmaRun>> stuck = new IdentityHashMap<>();
    private boolean open = true;

    /**
     * Creates the container, which owns {@code fd}; its IOMMU is set. {@code name} is for messages.
     */
    VfioContainer(Linux linux, String name, int fd, boolean noIommu) {
        this.linux = linux;
        this.name = name;
        this.fd = fd;
        this.noIommu = noIommu;
    }

    /**
     * Maps the memory.
     *
     * @throws IOException it names the memory, the address and the errno; nothing is mapped
     */
    synchronized void map(DmaMemory memory) throws IOException {
        if (noIommu || !open || mapped.containsKey(memory)) {
            return;
        }
        List<VfioDmaRun> done = new ArrayList<>();
        for (VfioDmaRun run : VfioDmaRun.of(memory)) {
            try {
                linux.ioctl("VFIO_IOMMU_MAP_DMA of " + name, fd, VFIO_IOMMU_MAP_DMA,
                        VfioUapi.dmaMap(run.address(), run.iova(), run.length()));
                done.add(run);
            } catch (LinuxException e) {
                if (isLeft(e)) {
                    return;
                }
                IOException failure = new IOException(
                        "%s: cannot be mapped for %s at IOVA %#x (%s bytes): %s; %s".formatted(
                                memory, name, run.iova(), run.length(), e.getMessage(),
                                cure(memory, run, e.errno())), e);
                undo(memory, done, failure);
                throw failure;
            }
        }
        mapped.put(memory, done);
        LOG.debug("{}: mapped for {}, runs: {}", memory, name, done.size());
    }

    private void undo(DmaMemory memory, List<VfioDmaRun> done, IOException why) {
        try {
            unmap(memory, done);
        } catch (IllegalStateException e) {
            why.addSuppressed(e);
        }
    }

    /**
     * Unmaps {@code memory}. No device of the group can reach it when this returns. Idempotent.
     *
     * @throws IllegalStateException the kernel has not unmapped it, so it must not be freed
     */
    synchronized void unmap(DmaMemory memory) {
        List<VfioDmaRun> runs = mapped.remove(memory);
        if (runs == null) {
            runs = stuck.remove(memory);
        }
        if (runs != null) {
            unmap(memory, runs);
        }
    }

    private void unmap(DmaMemory memory, List<VfioDmaRun> runs) {
        List<VfioDmaRun> left = new ArrayList<>();
        LinuxException failure = null;
        for (VfioDmaRun run : runs) {
            try {
                linux.ioctl("VFIO_IOMMU_UNMAP_DMA of " + name, fd, VFIO_IOMMU_UNMAP_DMA,
                        VfioUapi.dmaUnmap(run.iova(), run.length()));
            } catch (LinuxException e) {
                if (isLeft(e)) {
                    return;
                }
                left.add(run);
                failure = e;
            }
        }
        if (failure != null) {
            stuck.put(memory, left);
            throw new IllegalStateException("%s: cannot be unmapped for %s: %s".formatted(
                    memory, name, failure.getMessage()), failure);
        }
    }

    /**
     * Whether the kernel has taken the group out of the container. It does so when the last removed
     * device of the group is closed. All memory is unmapped then, and requests about the IOMMU
     * fail. Source: Linux {@code vfio_group_detach_container}.
     */
    private boolean isLeft(LinuxException refused) {
        if (refused.errno() != Errno.EINVAL) {
            return false;
        }
        try {
            linux.ioctl("VFIO_IOMMU_GET_INFO of " + name, fd, VFIO_IOMMU_GET_INFO,
                    VfioUapi.type1Info());
            return false;
        } catch (LinuxException e) {
            LOG.debug("{}: the kernel has taken it out of its container", name);
            return e.errno() == Errno.EINVAL;
        }
    }

    /**
     * Checks that {@code device}, of this group, can be given addresses in {@code memory}.
     *
     * @throws DeviceException the device cannot; the message says what to do
     */
    synchronized void requireReachable(PciAddress device, DmaMemory memory)
            throws DeviceException {
        if (noIommu && memory.iovaMode() != IovaMode.PA) {
            throw new DeviceException(("%s: has no IOMMU, and %s no fixed physical address: %s")
                    .formatted(device, memory, hugepages(memory)));
        }
        if (!noIommu && mapped.keySet().stream().noneMatch(in -> covers(in, memory))) {
            throw new DeviceException("%s: %s is not mapped for %s: was it allocated by the "
                    .formatted(device, memory, name) + "DmaAllocator, and is it still there?");
        }
    }

    private static boolean covers(DmaMemory whole, DmaMemory part) {
        return whole.address() <= part.address()
                && part.address() + part.length() <= whole.address() + whole.length();
    }

    /**
     * Closes the container. The kernel unmaps the rest once the group is closed, too. Idempotent.
     */
    synchronized void close() {
        if (open) {
            open = false;
            mapped.clear();
            stuck.clear();
            linux.close(fd);
        }
    }

    private String cure(DmaMemory memory, VfioDmaRun run, int errno) {
        return switch (errno) {
            case Errno.EEXIST -> "something else is mapped there already; detach the devices of "
                    + "the group and attach them again";
            case Errno.ENOMEM -> "more than this user may lock: raise the limit (ulimit -l, "
                    + "LimitMEMLOCK of a systemd unit)";
            case ENOSPC -> "too many mappings: raise "
                    + "/sys/module/vfio_iommu_type1/parameters/dma_entry_limit, or %s"
                            .formatted(hugepages(memory));
            case Errno.EINVAL -> outOfRange(memory, run);
            default -> "is vfio_iommu_type1 in order (dmesg)?";
        };
    }

    private String outOfRange(DmaMemory memory, VfioDmaRun run) {
        List<IovaRange> ranges = iovaRanges();
        if (ranges.stream().anyMatch(range -> range.covers(run))) {
            return "the IOMMU can translate this address: is it aligned to its pages?";
        }
        String reason = ranges.isEmpty() ? "is the address beyond what the IOMMU translates?"
                : "the IOMMU translates %s alone".formatted(ranges);
        return memory.iovaMode() == IovaMode.VA ? reason + "; " + hugepages(memory) : reason;
    }

    private static String hugepages(DmaMemory memory) {
        return ("reserve hugepages, so that physical addresses are used (sysctl vm.nr_hugepages; "
                + "this takes %s of 2 MiB)").formatted((memory.length() + HUGEPAGE - 1) / HUGEPAGE);
    }

    /** The addresses that the IOMMU translates; empty if the kernel does not say. */
    private List<IovaRange> iovaRanges() {
        List<IovaRange> ranges = new ArrayList<>();
        try {
            ByteBuffer info = VfioUapi.ask(linux, "VFIO_IOMMU_GET_INFO of " + name, fd,
                    VFIO_IOMMU_GET_INFO, VfioUapi.type1Info());
            if ((info.getInt(FLAGS) & VFIO_IOMMU_INFO_CAPS) != 0) {
                VfioUapi.capability(info, info.getInt(TYPE1_INFO_CAP_OFFSET),
                        VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE).ifPresent(list -> {
                            for (int i = 0; i < list.getInt(CAP_LIST_COUNT); i++) {
                                int at = CAP_LIST + i * CAP_LIST_ENTRY;
                                ranges.add(new IovaRange(list.getLong(at), list.getLong(at + 8)));
                            }
                        });
            }
        } catch (LinuxException e) {
            LOG.debug("{}: the IOMMU does not tell its ranges", name, e);
        }
        return ranges;
    }
}
