// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** An open regular file. It stays usable after it was renamed or deleted. */
final class OpenFile {
    private final Linux linux;
    private final Path path;
    private final int fd;
    private boolean closed;

    private OpenFile(Linux linux, Path path, int fd) {
        this.linux = linux;
        this.path = path;
        this.fd = fd;
    }

    /**
     * Opens a file that exists.
     *
     * @throws DeviceException it is not there, is no regular file, or may not be opened
     */
    static OpenFile open(String device, Linux linux, Path path, boolean writable)
            throws DeviceException {
        if (!Files.exists(path)) {
            throw new DeviceException("%s: %s: there is no such file (in %s)"
                    .formatted(device, path, Path.of("").toAbsolutePath()));
        }
        if (!Files.isRegularFile(path)) {
            throw new DeviceException(device + ": " + path + ": is not a regular file");
        }
        try {
            return new OpenFile(linux, path, linux.open(path.toString(), writable));
        } catch (LinuxException e) {
            throw new DeviceException(device + ": " + e.getMessage(), e);
        }
    }

    Path path() {
        return path;
    }

    private Path self() {
        return Path.of("/proc/self/fd", String.valueOf(fd));
    }

    /** Bytes in the file. */
    long size() throws IOException {
        return Files.size(self());
    }

    /** Whether no folder has the file any more. */
    boolean isDeleted() throws IOException {
        return (int) Files.getAttribute(self(), "unix:nlink") == 0;
    }

    /** The identity of the file {@code path}, whatever its name. */
    static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** The identity of the file. */
    Object key() throws IOException {
        return key(self());
    }

    /** As {@link Linux#read(int, ByteBuffer, long)}. */
    int read(ByteBuffer into, long offset) throws LinuxException {
        return linux.read(fd, into, offset);
    }

    /** As {@link Linux#write(int, ByteBuffer, long)}. */
    int write(ByteBuffer from, long offset) throws LinuxException {
        return linux.write(fd, from, offset);
    }

    /** As {@link Linux#truncate}. */
    void truncate(long size) throws LinuxException {
        linux.truncate(fd, size);
    }

    /** Closes it. Idempotent. */
    void close() {
        if (!closed) {
            closed = true;
            linux.close(fd);
        }
    }
}
