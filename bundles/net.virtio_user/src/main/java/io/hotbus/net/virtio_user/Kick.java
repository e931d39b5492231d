// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.pmd.virtio.VirtioDoorbell;

/** The eventfd by which the back end is told of new descriptors, if it wants that. */
final class Kick implements VirtioDoorbell, AutoCloseable {
    private final Linux linux;
    private final int fd;

    /** @throws LinuxException the process has too many descriptors */
    Kick(Linux linux) throws LinuxException {
        this.linux = linux;
        this.fd = linux.eventfd();
    }

    int fd() {
        return fd;
    }

    @Override
    public void ring() {
        try {
            linux.signal(fd);
        } catch (LinuxException e) {
            // An eventfd of this process can always be written, as long as it is open.
            throw new IllegalStateException(e);
        }
    }

    /** Closes the eventfd. No thread is in a burst. */
    @Override
    public void close() {
        linux.close(fd);
    }
}
