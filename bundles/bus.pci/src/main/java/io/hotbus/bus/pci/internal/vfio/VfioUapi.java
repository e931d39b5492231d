// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The parts of the kernel's {@code linux/vfio.h} that are used, with the kernel's names: numbers,
 * and structures as buffers in the machine's byte order. Every structure begins with {@code argsz},
 * its size, and {@code flags}.
 *
 * @see <a href="https://docs.kernel.org/driver-api/vfio.html">VFIO</a>
 */
final class VfioUapi {
    static final int VFIO_API_VERSION = 0;

    // Extensions, which are also the types of IOMMU.
    static final int VFIO_TYPE1_IOMMU = 1;
    static final int VFIO_TYPE1v2_IOMMU = 3;
    static final int VFIO_NOIOMMU_IOMMU = 8;

    private static final int VFIO_TYPE = ';';
    private static final int VFIO_BASE = 100;

    // Requests of a container.
    static final long VFIO_GET_API_VERSION = io(0);
    static final long VFIO_CHECK_EXTENSION = io(1);
    static final long VFIO_SET_IOMMU = io(2);
    static final long VFIO_IOMMU_GET_INFO = io(12);
    static final long VFIO_IOMMU_MAP_DMA = io(13);
    static final long VFIO_IOMMU_UNMAP_DMA = io(14);

    // Requests of a group.
    static final long VFIO_GROUP_GET_STATUS = io(3);
    static final long VFIO_GROUP_SET_CONTAINER = io(4);
    static final long VFIO_GROUP_GET_DEVICE_FD = io(6);

    // Requests of a device.
    static final long VFIO_DEVICE_GET_REGION_INFO = io(8);
    static final long VFIO_DEVICE_GET_IRQ_INFO = io(9);
    static final long VFIO_DEVICE_SET_IRQS = io(10);

    static final int VFIO_GROUP_FLAGS_VIABLE = 1;

    static final int VFIO_REGION_INFO_FLAG_MMAP = 1 << 2;
    static final int VFIO_REGION_INFO_FLAG_CAPS = 1 << 3;
    static final int VFIO_REGION_INFO_CAP_SPARSE_MMAP = 1;
    static final int VFIO_REGION_INFO_CAP_MSIX_MAPPABLE = 3;
    static final int VFIO_PCI_CONFIG_REGION_INDEX = 7;

    static final int VFIO_PCI_INTX_IRQ_INDEX = 0;
    static final int VFIO_PCI_MSI_IRQ_INDEX = 1;
    static final int VFIO_PCI_MSIX_IRQ_INDEX = 2;
    static final int VFIO_PCI_ERR_IRQ_INDEX = 3;
    static final int VFIO_PCI_REQ_IRQ_INDEX = 4;

    static final int VFIO_IRQ_INFO_EVENTFD = 1;
    static final int VFIO_IRQ_SET_DATA_NONE = 1;
    static final int VFIO_IRQ_SET_DATA_EVENTFD = 1 << 2;
    static final int VFIO_IRQ_SET_ACTION_UNMASK = 1 << 4;
    static final int VFIO_IRQ_SET_ACTION_TRIGGER = 1 << 5;

    static final int VFIO_IOMMU_INFO_CAPS = 1 << 1;
    static final int VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE = 1;
    static final int VFIO_DMA_MAP_FLAG_READ = 1;
    static final int VFIO_DMA_MAP_FLAG_WRITE = 1 << 1;

    // Offsets of the fields.
    static final int ARGSZ = 0;
    static final int FLAGS = 4;
    static final int REGION_INFO_CAP_OFFSET = 12;
    static final int REGION_INFO_SIZE = 16;
    static final int REGION_INFO_OFFSET = 24;
    static final int IRQ_INFO_COUNT = 12;
    static final int TYPE1_INFO_CAP_OFFSET = 16;
    /**
     * In a capability that lists pairs of 64-bit numbers: offset of the count and of the first
     * pair.
     */
    static final int CAP_LIST_COUNT = 8;
    static final int CAP_LIST = 16;
    static final int CAP_LIST_ENTRY = 16;

    private static final int CAP_ID = 0;
    private static final int CAP_NEXT = 4;
    private static final int CAP_HEADER_BYTES = 8;

    private VfioUapi() {
    }

    /** {@code _IO(VFIO_TYPE, VFIO_BASE + number)}. */
    private static long io(int number) {
        return (long) VFIO_TYPE << 8 | VFIO_BASE + number;
    }

    /** Creates a zeroed structure with {@code argsz} set. */
    private static ByteBuffer struct(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder()).putInt(ARGSZ, bytes);
    }

    /** {@code struct vfio_group_status}. */
    static ByteBuffer groupStatus() {
        return struct(8);
    }

    /** The {@code __s32} of {@link #VFIO_GROUP_SET_CONTAINER}. */
    static ByteBuffer s32(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(0, value);
    }

    /** The name of {@link #VFIO_GROUP_GET_DEVICE_FD}, with its NUL. */
    static ByteBuffer string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(bytes.length + 1).put(0, bytes);
    }

    /** {@code struct vfio_region_info}. */
    static ByteBuffer regionInfo(int index) {
        return struct(32).putInt(8, index);
    }

    /** {@code struct vfio_irq_info}. */
    static ByteBuffer irqInfo(int index) {
        return struct(16).putInt(8, index);
    }

    /** {@code struct vfio_irq_set} for {@code count} interrupts of an index, without data. */
    static ByteBuffer irqSet(int action, int index, int count) {
        return struct(20).putInt(FLAGS, VFIO_IRQ_SET_DATA_NONE | action).putInt(8, index)
                .putInt(12, 0).putInt(16, count);
    }

    /** {@code struct vfio_irq_set}: interrupt 0 of an index shall signal {@code eventfd}. */
    static ByteBuffer irqSetEventfd(int index, int eventfd) {
        return struct(24)
                .putInt(FLAGS, VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER)
                .putInt(8, index).putInt(12, 0).putInt(16, 1).putInt(20, eventfd);
    }

    /** {@code struct vfio_iommu_type1_info}. */
    static ByteBuffer type1Info() {
        return struct(24);
    }

    /** {@code struct vfio_iommu_type1_dma_map}, for the device to read and write. */
    static ByteBuffer dmaMap(long vaddr, long iova, long size) {
        return struct(32).putInt(FLAGS, VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)
                .putLong(8, vaddr).putLong(16, iova).putLong(24, size);
    }

    /** {@code struct vfio_iommu_type1_dma_unmap}. */
    static ByteBuffer dmaUnmap(long iova, long size) {
        return struct(24).putLong(8, iova).putLong(16, size);
    }

    /**
     * Makes an INFO call. If the kernel has capabilities that did not fit, repeats the call with a
     * larger buffer.
     *
     * @return {@code info}, or the larger buffer
     */
    static ByteBuffer ask(Linux linux, String call, int fd, long request, ByteBuffer info)
            throws LinuxException {
        byte[] question = info.array().clone();
        linux.ioctl(call, fd, request, info);
        int needed = info.getInt(ARGSZ);
        if (needed <= info.capacity()) {
            return info;
        }
        ByteBuffer larger = struct(needed);
        larger.put(FLAGS, question, FLAGS, question.length - FLAGS);
        linux.ioctl(call, fd, request, larger);
        return larger;
    }

    /**
     * Finds the capability {@code id} in the list at {@code capOffset}; returns it from its header
     * on.
     */
    static Optional<ByteBuffer> capability(ByteBuffer info, int capOffset, int id) {
        int at = capOffset;
        while (at > 0 && at <= info.capacity() - CAP_HEADER_BYTES) {
            if (info.getShort(at + CAP_ID) == id) {
                return Optional.of(info.slice(at, info.capacity() - at)
                        .order(ByteOrder.nativeOrder()));
            }
            int next = info.getInt(at + CAP_NEXT);
            if (next <= at) {
                break; // the last has 0; the kernel only appends
            }
            at = next;
        }
        return Optional.empty();
    }
}
