// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Configuration space through the sysfs file {@code config}. The file is opened once: an open file
 * belongs to this stay of the function, and fails after it, even if another function is in the
 * slot.
 */
final class SysfsConfig implements AutoCloseable {
    private static final int CLOSED = -1;

    private final Linux linux;
    private final String path;
    /** Guarded by this, so that it is not closed and its number reused during a call. */
    private int fd;

    SysfsConfig(Linux linux, Path function) throws LinuxException {
        this.linux = linux;
        this.path = function.resolve("config").toString();
        this.fd = linux.open(path, true);
    }

    /** See {@link PciAccess#readConfig}. */
    synchronized int read(int offset, int bytes) throws LinuxException {
        requireOpen();
        ByteBuffer value = value();
        if (linux.read(fd, value.limit(bytes), offset) != bytes) {
            throw past(offset);
        }
        return value.clear().getInt(0);
    }

    /** See {@link PciAccess#writeConfig}. */
    synchronized void write(int offset, int bytes, int value) throws LinuxException {
        requireOpen();
        if (linux.write(fd, value().putInt(0, value).limit(bytes), offset) != bytes) {
            throw past(offset);
        }
    }

    /** Returns a new buffer. It is all zeros, so bytes that are not read are 0. */
    private static ByteBuffer value() {
        return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void requireOpen() throws LinuxException {
        if (fd == CLOSED) {
            throw new LinuxException(path, Errno.ENODEV, "ENODEV (it has been closed)");
        }
    }

    /**
     * The error for an access past the end: without root, the kernel shows only the first 64 bytes.
     */
    private LinuxException past(int offset) {
        return new LinuxException("%s at %#x".formatted(path, offset), Errno.EINVAL,
                "EINVAL (the file ends before; as root all of it is there)");
    }

    @Override
    public synchronized void close() {
        linux.close(fd);
        fd = CLOSED;
    }
}
