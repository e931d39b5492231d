// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens and closes the socket of a server, with its file if it has a path. */
final class ServerSocket {
    /** The most clients that wait until they are accepted. */
    static final int BACKLOG = 16;

    private static final Logger LOG = LoggerFactory.getLogger(ServerSocket.class);
    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;

    private ServerSocket() {
    }

    /**
     * Listens on {@code name}. Returns the socket, which does not block.
     *
     * @throws DeviceException the name cannot be listened on; names {@code device}
     */
    static int open(Registry registry, SocketName name, String device) throws DeviceException {
        Platform platform = registry.platform();
        int fd = -1;
        try {
            String what = device + " " + name;
            fd = platform.sockets().open(what, SocketName.AF_UNIX,
                    Channel.SOCK_SEQPACKET | Channel.SOCK_NONBLOCK, 0);
            removeStale(registry, name, device);
            platform.sockets().bind(what, fd, name.address());
            setOwner(name);
            platform.sockets().listen(what, fd, BACKLOG);
            return fd;
        } catch (IOException e) {
            platform.linux().close(fd);
            boolean taken = e instanceof LinuxException call && call.errno() == Errno.EADDRINUSE;
            throw new DeviceException("%s: cannot listen on %s: %s%s".formatted(device, name,
                    e.getMessage(), taken ? " (another process does: socket= names another)" : ""),
                    e);
        }
    }

    /** Deletes the file of a socket that no process listens on any more. */
    private static void removeStale(Registry registry, SocketName name, String device)
            throws IOException {
        if (name.isAbstract() || !isSocket(Path.of(name.name()))) {
            return;
        }
        try {
            registry.platform().linux().close(registry.connect(device, name));
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

    private static void setOwner(SocketName name) throws IOException {
        if (name.uid() != SocketName.NO_OWNER) {
            Files.setAttribute(Path.of(name.name()), "unix:uid", name.uid());
        }
        if (name.gid() != SocketName.NO_OWNER) {
            Files.setAttribute(Path.of(name.name()), "unix:gid", name.gid());
        }
    }

    /** Stops listening, and deletes the file of the socket. */
    static void close(Registry registry, SocketName name, int fd) {
        registry.platform().linux().close(fd);
        if (!name.isAbstract()) {
            try {
                Files.deleteIfExists(Path.of(name.name()));
            } catch (IOException e) {
                LOG.warn("{} is left: {}", name, e.toString());
            }
        }
    }
}
