// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.io;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Maps device memory and claims it in the table of the SIGBUS handler. A service of the core
 * bundle.
 *
 * <p>Control threads; any of them. A window is claimed before {@link #map} returns, so that even
 * the first access, inside probe, is covered; it is withdrawn before it is unmapped.
 */
@ProviderType
public interface MmioMapper {
    /**
     * What is mapped: a part of a file.
     *
     * @param name   of the window, as the bus calls it: {@code BAR0}
     * @param fd     the file, which may be closed afterwards
     * @param offset in the file, bytes in whole pages
     * @param length bytes in whole pages
     * @param fill   what is read there once the device is gone
     */
    record Source(String name, int fd, long offset, long length, Fill fill) {
    }

    /**
     * Maps {@code source}, shared and read-write, as a window of {@code owner}.
     *
     * @throws IOException naming the owner, the window and the errno
     */
    Mmio map(MmioWindows owner, Source source) throws IOException;

    /**
     * Withdraws the window, waits until no fault is being repaired in it, and unmaps it; while
     * handlers are being asked about a fault in it, its range stays taken until they have been.
     * The caller has seen to it that no thread accesses it any more. Idempotent.
     */
    void release(MmioWindows owner, Mmio window);

    /** Releases all windows of {@code owner}. */
    default void releaseAll(MmioWindows owner) {
        owner.list().forEach(window -> release(owner, window));
    }

    /**
     * Puts replacement memory behind every window of {@code owner} at once, faulted or not: the
     * device is gone. Idempotent.
     *
     * @throws IOException naming the first window that could not be replaced; the others are
     */
    void replace(MmioWindows owner) throws IOException;

    /**
     * Puts the device's memory back behind a replaced window: the fault was transient. A window
     * that is not replaced, or has been released, is left as it is.
     *
     * @throws IOException naming the window and the errno; the window then stays replaced
     */
    void restore(Mmio window, int fd, long offset) throws IOException;
}
