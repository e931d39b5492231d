// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/** Allocates memory that devices can reach. A service of the core bundle; any control thread. */
@ProviderType
public interface DmaAllocator {
    /** Any NUMA node will do. */
    int ANY_NODE = -1;

    /**
     * Zeroed, resident memory, from hugepages where there are any.
     *
     * @param name     what it is for, for words
     * @param bytes    at least this many; rounded up to whole pages
     * @param numaNode where it is to lie, as {@code PciFunction.numaNode} has it, or {@link
     *     #ANY_NODE}; memory of another node is taken, and said, where that one has none
     * @throws IOException naming the size and the errno
     */
    DmaMemory allocate(String name, long bytes, int numaNode) throws IOException;

    /** As {@link #allocate(String, long, int)}, on any node. */
    default DmaMemory allocate(String name, long bytes) throws IOException {
        return allocate(name, bytes, ANY_NODE);
    }
}
