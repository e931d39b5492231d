// SPDX-License-Identifier: Apache-2.0
package io.hotbus.systemd;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.os.UnixSocketName;
import io.hotbus.os.UnixSockets;
import java.nio.ByteBuffer;

/**
 * A Unix socket of datagrams, to a server that may be started anew. Any thread; no call waits. Does
 * not log, since log lines are among its messages.
 */
final class MessageSocket implements AutoCloseable {
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    /** Room for log lines while the journal is busy, in bytes; the kernel may give less. */
    private static final int ROOM = 8 << 20;
    private static final int CLOSED = -1;

    private final Linux linux;
    private final Sockets sockets;
    private final UnixSocketName server;
    private final String what;
    /** Guarded by this, like the next field. */
    private int fd = CLOSED;
    private boolean ended;

    MessageSocket(Linux linux, Sockets sockets, String what, UnixSocketName server) {
        this.linux = linux;
        this.sockets = sockets;
        this.what = what + " " + server;
        this.server = server;
    }

    /**
     * Sends a message, after a second connect if the server has changed.
     *
     * @throws LinuxException EAGAIN: the server reads too slowly; another: it is not there
     */
    synchronized void send(byte[] message) throws LinuxException {
        final boolean fresh = fd == CLOSED;
        try {
            sendOnce(message);
        } catch (LinuxException e) {
            if (fresh || e.errno() == Errno.EAGAIN) {
                throw e;
            }
            disconnect();
            sendOnce(message);
        }
    }

    private void sendOnce(byte[] message) throws LinuxException {
        if (ended) {
            return;
        }
        if (fd == CLOSED) {
            connect();
        }
        sockets.send(what, fd, ByteBuffer.wrap(message), Sockets.MSG_DONTWAIT);
    }

    private void connect() throws LinuxException {
        fd = sockets.open(what, UnixSockets.AF_UNIX, SOCK_DGRAM, 0);
        try {
            sockets.setOption(what, fd, SOL_SOCKET, SO_SNDBUF, ROOM);
            sockets.connect(what, fd, server.address());
        } catch (LinuxException e) {
            disconnect();
            throw e;
        }
    }

    private void disconnect() {
        if (fd != CLOSED) {
            linux.close(fd);
            fd = CLOSED;
        }
    }

    /** Sends nothing from now on. Idempotent. */
    @Override
    public synchronized void close() {
        ended = true;
        disconnect();
    }
}
