// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An eventfd that the kernel signals and the interrupt thread watches. Any thread. */
final class VfioEventfd {
    private static final Logger LOG = LoggerFactory.getLogger(VfioEventfd.class);

    private final Linux linux;
    private final int fd;
    private final Lease lease;

    private VfioEventfd(Linux linux, int fd, Lease lease) {
        this.linux = linux;
        this.fd = fd;
        this.lease = lease;
    }

    /**
     * Watches a new eventfd. {@code signalled} runs on {@code interrupt}, once for all pending
     * signals.
     */
    static VfioEventfd watch(Linux linux, InterruptThread interruptThread, Runnable signalled)
            throws LinuxException {
        int fd = linux.eventfd();
        try {
            return new VfioEventfd(linux, fd,
                    interruptThread.watch(fd, () -> drain(linux, fd, signalled)));
        } catch (RuntimeException e) {
            linux.close(fd);
            throw e;
        }
    }

    /**
     * Clears the eventfd and calls {@code signalled}. Does not use the eventfd afterwards, because
     * {@code signalled} may have closed it.
     */
    private static void drain(Linux linux, int fd, Runnable signalled) {
        try {
            if (!linux.drain(fd)) {
                return;
            }
        } catch (LinuxException e) {
            LOG.error("{}", e.getMessage(), e);
            return;
        }
        signalled.run();
    }

    int fd() {
        return fd;
    }

    /**
     * Closes the eventfd; call it once. When this returns, {@code signalled} does not run, unless
     * it is the caller.
     */
    void close() {
        lease.close();
        linux.close(fd);
    }
}
