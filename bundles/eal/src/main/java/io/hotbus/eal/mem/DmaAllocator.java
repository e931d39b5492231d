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
     * Allocates zeroed, resident memory, from hugepages if there are any.
     *
     * @param name     its purpose, for messages
     * @param bytes    at least this many; rounded up to whole pages
     * @param numaNode its NUMA node, as in {@code PciFunction.numaNode}, or {@link #ANY_NODE}. If
     *     that node has no memory left, memory of another node is used and that is logged
     * @throws IOException the message names the size and the errno
     */
    DmaMemory allocate(String name, long bytes, int numaNode) throws IOException;

    /** Does {@link #allocate(String, long, int)} on any node. */
    default DmaMemory allocate(String name, long bytes) throws IOException {
        return allocate(name, bytes, ANY_NODE);
    }
}
