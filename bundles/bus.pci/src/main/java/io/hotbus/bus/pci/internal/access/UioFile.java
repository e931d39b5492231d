// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open {@code /dev/uioN}. Reading it takes an interrupt. When the device goes, every read fails
 * at once. Source: Linux drivers/uio/uio.c.
 */
final class UioFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UioFile.class);
    private static final int CLOSED = -1;

    private final Linux linux;
    private final String path;
    private final boolean interrupts;
    /** The watch, or null. */
    private final AtomicReference<Lease> watch = new AtomicReference<>();
    private volatile boolean failed;
    /** Written under the lock. */
    private volatile int fd;

    /** Opens the file. Interrupts are held back at first. */
    UioFile(Linux linux, Path node) throws LinuxException, DeviceException {
        this.linux = linux;
        this.path = node.toString();
        this.fd = linux.open(path, true);
        try {
            this.interrupts = probe();
        } catch (DeviceException e) {
            linux.close(fd);
            throw e;
        }
    }

    /**
     * Whether there is an interrupt. Without one, every read fails, which must not count as a
     * removal.
     */
    private boolean probe() throws DeviceException {
        try {
            control(0);
            return true;
        } catch (LinuxException e) {
            switch (e.errno()) {
                case Errno.EIO:
                    return false;
                case Errno.EINVAL, Errno.ENODEV:
                    throw new DeviceException(path + ": went away while it was being opened", e);
                default: // ENOSYS: uio_pci_generic has an interrupt, but no control of it
                    return true;
            }
        }
    }

    boolean hasInterrupt() {
        return interrupts;
    }

    /** The descriptor, for mapping. Both mapping and closing happen under the device's lock. */
    int fd() {
        return fd;
    }

    /** Reports interrupts and the removal to {@code signals}. Call it once. */
    void watch(InterruptThread thread, PciAccess.Signals signals) {
        if (!interrupts) {
            LOG.info("{}: has no interrupt, so its file does not tell of its removal", path);
            return;
        }
        int watched = fd;
        watch.set(thread.watch(watched, () -> read(watched, signals)));
        if (failed) {
            endWatch();
        }
    }

    private void read(int watched, PciAccess.Signals signals) {
        if (failed) {
            return;
        }
        try {
            if (linux.read(watched, value()) > 0) {
                signals.interrupted();
                return;
            }
            LOG.debug("{}: at its end", path);
        } catch (LinuxException e) {
            LOG.debug("{}: {}", path, e.getMessage());
        }
        failed = true;
        endWatch();
        signals.removed(RemovalCause.UIO_ERROR);
    }

    private void endWatch() {
        Lease lease = watch.getAndSet(null);
        if (lease != null) {
            lease.close();
        }
    }

    /** Controls interrupts: 1 lets them through, 0 holds them back. */
    synchronized void control(int on) throws LinuxException {
        if (fd == CLOSED) {
            throw new LinuxException(path, Errno.ENODEV, "ENODEV (it has been closed)");
        }
        linux.write(fd, value().putInt(0, on));
    }

    private static ByteBuffer value() {
        return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        endWatch();
        synchronized (this) {
            linux.close(fd);
            fd = CLOSED;
        }
    }
}
