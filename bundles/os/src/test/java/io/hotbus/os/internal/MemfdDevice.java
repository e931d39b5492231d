// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.SigbusWindows;

/** A device made of memory. Pulling it out truncates its file: the next access is a real SIGBUS. */
final class MemfdDevice implements AutoCloseable {
    private final Linux linux;
    private final SigbusWindows windows;
    private final long length;
    private final int fd;
    private final long address;
    private final long window;
    private boolean withdrawn;

    MemfdDevice(Linux linux, SigbusWindows windows, long length, boolean zeros)
            throws LinuxException {
        this.linux = linux;
        this.windows = windows;
        this.length = length;
        this.fd = linux.memfd("device", length);
        this.address = linux.map("device", length, fd, 0);
        this.window = windows.publish(address, length, zeros);
    }

    long address() {
        return address;
    }

    long length() {
        return length;
    }

    long window() {
        return window;
    }

    int read32(long offset) {
        return RawAccess.read32(address + offset);
    }

    void write32(long offset, int value) {
        RawAccess.write32(address + offset, value);
    }

    void pullOut() throws LinuxException {
        linux.truncate(fd, 0);
    }

    void plugIn() throws LinuxException {
        linux.truncate(fd, length);
        windows.restore(window, fd, 0);
    }

    void withdraw() throws LinuxException {
        withdrawn = true;
        windows.withdraw(window);
        linux.unmap(address, length);
        linux.close(fd);
    }

    @Override
    public void close() throws LinuxException {
        if (!withdrawn) {
            withdraw();
        }
    }
}
