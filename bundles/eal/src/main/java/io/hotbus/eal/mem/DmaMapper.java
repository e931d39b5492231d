// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import java.io.IOException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Maps DMA memory for devices behind an IOMMU. Register it as a service. It is called for all
 * existing memory, and then for all memory that is allocated or freed, so memory and devices may
 * come in any order. All existing memory is mapped when the registration returns. Control threads,
 * one call at a time. A call must not wait for another thread that allocates or frees memory or
 * registers a mapper. After its removal a mapper is not called again, not even to unmap.
 */
@ConsumerType
public interface DmaMapper {
    /**
     * Maps {@code memory}.
     *
     * @throws IOException the message names the memory and the errno; the allocation fails with it
     */
    void map(DmaMemory memory) throws IOException;

    /**
     * Unmaps {@code memory}. No device can reach it when this returns, and it is freed afterwards.
     * Also called after {@link #map} has thrown. Idempotent.
     */
    void unmap(DmaMemory memory);
}
