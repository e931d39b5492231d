// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.UeventSocket;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import jnr.ffi.Runtime;

/** {@link UeventSocket} by libhotbus. */
final class NativeUeventSocket implements UeventSocket {
    /**
     * The longest datagram: the kernel's are at most 2048 bytes and a header (UEVENT_BUFFER_SIZE).
     */
    private static final int CAPACITY = 8192;

    private final NativeHotbus hotbus;
    private final Linux linux;
    private final int fd;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final byte[] buffer = new byte[CAPACITY];
    private final NativeHotbus.UeventSender sender;

    NativeUeventSocket(NativeHotbus hotbus, Linux linux, int fd) {
        this.hotbus = hotbus;
        this.linux = linux;
        this.fd = fd;
        this.sender = new NativeHotbus.UeventSender(Runtime.getRuntime(hotbus));
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public Optional<Datagram> receive() throws LinuxException {
        final int length = hotbus.hb_uevent_recv(fd, buffer, CAPACITY, sender);
        if (length == -Errno.EAGAIN) {
            return Optional.empty();
        }
        if (length < 0) {
            throw new LinuxException("receive uevent", -length, ErrnoText.of(-length));
        }
        return Optional.of(new Datagram(Arrays.copyOf(buffer, length), sender.truncated.get() != 0,
                sender.port.intValue(), sender.pid.get(), sender.uid.get()));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            linux.close(fd);
        }
    }
}
