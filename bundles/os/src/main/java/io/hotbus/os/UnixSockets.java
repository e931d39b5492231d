// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dials and listens on Unix sockets of one type. Any thread; no call waits. All sockets are
 * close-on-exec and do not block. {@code what} names the device, for messages.
 */
public final class UnixSockets {
    /** The domain. */
    public static final int AF_UNIX = 1;
    /** Type: a stream of bytes. */
    public static final int SOCK_STREAM = 1;
    /** Type: messages. */
    public static final int SOCK_SEQPACKET = 5;
    /** The most clients that wait until they are accepted. */
    public static final int BACKLOG = 16;

    private static final Logger LOG = LoggerFactory.getLogger(UnixSockets.class);
    private static final int SOCK_NONBLOCK = 04000;
    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;

    private final Linux linux;
    private final Sockets sockets;
    private final int type;

    /** {@code type}: {@link #SOCK_STREAM} or {@link #SOCK_SEQPACKET}. */
    public UnixSockets(Linux linux, Sockets sockets, int type) {
        this.linux = linux;
        this.sockets = sockets;
        this.type = type;
    }

    private int open(String what) throws LinuxException {
        return sockets.open(what, AF_UNIX, type | SOCK_NONBLOCK, 0);
    }

    /**
     * Dials a server. Returns the socket.
     *
     * @throws LinuxException EAGAIN: the server is too busy; another: there is no server
     */
    public int dial(String what, UnixSocketName name) throws LinuxException {
        final int fd = open(what + " " + name);
        try {
            sockets.connect(what + " " + name, fd, name.address());
            return fd;
        } catch (LinuxException e) {
            linux.close(fd);
            throw e;
        }
    }

    /**
     * Listens. A file of that name that no process listens on any more is replaced. Returns the
     * socket.
     *
     * @throws IOException the name cannot be listened on
     */
    public int listen(String what, UnixSocketName name) throws IOException {
        final int fd = open(what + " " + name);
        try {
            removeStale(what, name);
            sockets.bind(what + " " + name, fd, name.address());
            setOwner(name);
            sockets.listen(what + " " + name, fd, BACKLOG);
            return fd;
        } catch (IOException e) {
            linux.close(fd);
            throw e;
        }
    }

    private void removeStale(String what, UnixSocketName name) throws IOException {
        if (name.isAbstract() || !isSocket(Path.of(name.name()))) {
            return;
        }
        try {
            linux.close(dial(what, name));
        } catch (LinuxException e) {
            if (e.errno() == Errno.ECONNREFUSED) {
                Files.delete(Path.of(name.name()));
            }
        }
    }

    private static boolean isSocket(Path path) throws IOException {
        return Files.exists(path)
                && ((int) Files.getAttribute(path, "unix:mode") & S_IFMT) == S_IFSOCK;
    }

    private static void setOwner(UnixSocketName name) throws IOException {
        if (name.uid() != UnixSocketName.NO_OWNER) {
            Files.setAttribute(Path.of(name.name()), "unix:uid", name.uid());
        }
        if (name.gid() != UnixSocketName.NO_OWNER) {
            Files.setAttribute(Path.of(name.name()), "unix:gid", name.gid());
        }
    }

    /** Stops listening, and deletes the file of the socket. */
    public void stopListening(UnixSocketName name, int fd) {
        linux.close(fd);
        if (!name.isAbstract()) {
            try {
                Files.deleteIfExists(Path.of(name.name()));
            } catch (IOException e) {
                LOG.warn("{} is left: {}", name, e.toString());
            }
        }
    }
}
