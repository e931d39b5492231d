// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.io;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Maps device memory and claims it in the table of the SIGBUS handler. A service of the core
 * bundle.
 *
 * <p>Any control thread. A window is claimed before {@link #map} returns, so that even the first
 * access, inside probe, is covered; it is withdrawn before it is unmapped.
 */
@ProviderType
public interface MmioMapper {
    /**
     * The part of a file that is mapped.
     *
     * @param name   the name that the bus gives the window: {@code BAR0}
     * @param fd     the file, which may be closed afterwards
     * @param offset in the file, bytes in whole pages
     * @param length bytes in whole pages
     * @param fill   what the window reads as once the device is gone
     */
    record Source(String name, int fd, long offset, long length, Fill fill) {
    }

    /**
     * Maps {@code source}, shared and read-write, as a window of {@code owner}.
     *
     * @throws IOException the message names the owner, the window and the errno
     */
    Mmio map(MmioWindows owner, Source source) throws IOException;

    /**
     * Withdraws the window, waits until no fault is being repaired in it, and unmaps it. While
     * handlers are asked about a fault in the window, its addresses stay mapped until they have
     * answered. The caller must ensure that no thread accesses the window. Idempotent.
     */
    void release(MmioWindows owner, Mmio window);

    /** Releases all windows of {@code owner}. */
    default void releaseAll(MmioWindows owner) {
        owner.list().forEach(window -> release(owner, window));
    }

    /**
     * Puts replacement memory behind every window of {@code owner} at once, because the device is
     * gone. Idempotent.
     *
     * @throws IOException a window could not be replaced; the message names the first. The others
     *     are replaced
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
