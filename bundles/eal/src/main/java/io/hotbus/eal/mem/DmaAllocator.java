// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/** Allocates memory that devices can reach. A service of the core bundle; any control thread. */
@ProviderType
public interface DmaAllocator {
    /**
     * Zeroed, resident memory, from hugepages where there are any.
     *
     * @param name  what it is for, for words
     * @param bytes at least this many; rounded up to whole pages
     * @throws IOException naming the size and the errno
     */
    DmaMemory allocate(String name, long bytes) throws IOException;
}
