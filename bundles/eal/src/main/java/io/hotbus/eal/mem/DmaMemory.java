// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import org.osgi.annotation.versioning.ProviderType;

/** Memory that devices can reach, virtually contiguous, until closed. Any thread. */
@ProviderType
public interface DmaMemory extends AutoCloseable {
    /** The virtual address of the first byte. */
    long address();

    /** Bytes. */
    long length();

    /**
     * Returns the I/O virtual address of {@code address}, for use by a device. Contiguous within a
     * page of {@link #pageSize()}.
     */
    long iova(long address);

    /** The kind of address that {@link #iova} returns. */
    default IovaMode iovaMode() {
        return IovaMode.VA;
    }

    /** Bytes in a page: 4 KiB, 2 MiB or 1 GiB. */
    long pageSize();

    /**
     * A descriptor that another process can map this memory by, from offset 0 on; -1 if no other
     * process can. It belongs to this object. The process can then read and write all of the
     * memory, and cannot change its size.
     */
    default int fd() {
        return -1;
    }

    /**
     * Frees the memory. The caller must ensure that no device and no thread uses it. Idempotent.
     */
    @Override
    void close();
}
