// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import java.io.IOException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Lets devices behind an IOMMU reach DMA memory. Register it as a service: it is called for all
 * memory there is, and from then on for each that is allocated or freed, so that memory and devices
 * may come in any order; what there is has been mapped when the service is registered. Control
 * threads, one call at a time: none waits for another thread that allocates or frees memory, or
 * that registers a mapper. A mapper that leaves is not called any more, not even to unmap.
 */
@ConsumerType
public interface DmaMapper {
    /** @throws IOException naming the memory and the errno; an allocation then fails with it */
    void map(DmaMemory memory) throws IOException;

    /**
     * No device reaches it when this returns; it is freed after that. Called also where {@link
     * #map} has thrown. Idempotent.
     */
    void unmap(DmaMemory memory);
}
