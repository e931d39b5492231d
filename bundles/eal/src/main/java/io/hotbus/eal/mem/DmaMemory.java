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
     * The I/O virtual address of {@code address}, as a device is to be given it. Contiguous within
     * a page of {@link #pageSize()}.
     */
    long iova(long address);

    /** What {@link #iova} gives. */
    default IovaMode iovaMode() {
        return IovaMode.VA;
    }

    /** Bytes in a page: 4 KiB, 2 MiB or 1 GiB. */
    long pageSize();

    /** Frees it; the caller has seen to it that no device and no thread uses it. Idempotent. */
    @Override
    void close();
}
