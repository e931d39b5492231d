// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import static io.hotbus.bus.pci.internal.vfio.VfioUapi.CAP_LIST;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.CAP_LIST_COUNT;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.CAP_LIST_ENTRY;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.FLAGS;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.REGION_INFO_CAP_OFFSET;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.REGION_INFO_OFFSET;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.REGION_INFO_SIZE;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_REGION_INFO_CAP_MSIX_MAPPABLE;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_REGION_INFO_CAP_SPARSE_MMAP;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_REGION_INFO_FLAG_CAPS;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_REGION_INFO_FLAG_MMAP;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A region of a function: a BAR, or its configuration space.
 *
 * @param offset       where the region begins in the descriptor of the function
 * @param size         bytes; 0 if there is no such region
 * @param mappable     whether the region can be mapped at all
 * @param msixMappable whether the MSI-X table in the region can be mapped, too
 * @param areas        the parts that can be mapped, if not all can
 */
record VfioRegion(long offset, long size, boolean mappable, boolean msixMappable,
        List<Area> areas) {
    /** A part of a region that can be mapped; {@code offset} within the region. */
    record Area(long offset, long size) {
    }

    /** Reads the answer of {@code VFIO_DEVICE_GET_REGION_INFO}. */
    static VfioRegion of(ByteBuffer info) {
        int flags = info.getInt(FLAGS);
        int capabilities = (flags & VFIO_REGION_INFO_FLAG_CAPS) == 0
                ? 0 : info.getInt(REGION_INFO_CAP_OFFSET);
        List<Area> areas = new ArrayList<>();
        VfioUapi.capability(info, capabilities, VFIO_REGION_INFO_CAP_SPARSE_MMAP)
                .ifPresent(list -> {
                    for (int i = 0; i < list.getInt(CAP_LIST_COUNT); i++) {
                        int at = CAP_LIST + i * CAP_LIST_ENTRY;
                        areas.add(new Area(list.getLong(at), list.getLong(at + Long.BYTES)));
                    }
                });
        return new VfioRegion(info.getLong(REGION_INFO_OFFSET), info.getLong(REGION_INFO_SIZE),
                (flags & VFIO_REGION_INFO_FLAG_MMAP) != 0, VfioUapi.capability(info, capabilities,
                        VFIO_REGION_INFO_CAP_MSIX_MAPPABLE).isPresent(), areas);
    }

    /** Why the first {@code length} bytes cannot be mapped in one piece; empty if they can. */
    Optional<String> whyNotMappable(long length) {
        if (size < length) {
            return Optional.of("vfio shows only %s of its %s bytes".formatted(size, length));
        }
        if (!mappable) {
            return Optional.of("vfio does not let it be mapped (it is smaller than a page and not "
                    + "alone in it, or not memory)");
        }
        if (!areas.isEmpty() && areas.stream()
                .noneMatch(area -> area.offset == 0 && area.size >= length)) {
            return Optional.of("vfio lets only parts of it be mapped (%s)%s".formatted(areas,
                    msixMappable ? "" : "; its MSI-X table can be mapped from Linux 4.16 on"));
        }
        return Optional.empty();
    }
}
