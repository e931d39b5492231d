// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import io.hotbus.os.UnixSocketName;
import io.hotbus.os.UnixSockets;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The socket that clients dial.
 *
 * @param name its file
 * @param fd   its descriptor, which listens
 */
record SocketFile(UnixSocketName name, int fd) {
    /** The most processes of one prefix that are told apart. */
    static final int MAX_SUFFIX = 255;

    /** The file of the present protocol. */
    static final String FILE = "dpdk_telemetry.v2";
    /** The file of the older protocol. */
    static final String LEGACY = "telemetry";

    private static final String WHAT = "telemetry";

    /**
     * Listens in {@code folder}, as {@value #FILE}; if another process does that, as {@value
     * #FILE}{@code :1}, and so on. The file of a process that is gone is replaced.
     *
     * @throws IOException the folder cannot be used, or its name is too long
     */
    static SocketFile listen(UnixSockets sockets, Path folder) throws IOException {
        for (int suffix = 0;; suffix++) {
            try {
                return listen(sockets, folder, FILE + (suffix == 0 ? "" : ":" + suffix));
            } catch (LinuxException e) {
                if (e.errno() != Errno.EADDRINUSE || suffix == MAX_SUFFIX) {
                    throw e;
                }
            }
        }
    }

    /**
     * Listens in {@code folder} under one name.
     *
     * @throws LinuxException EADDRINUSE: another process does that
     * @throws IOException    the folder cannot be used, or its name is too long
     */
    static SocketFile listen(UnixSockets sockets, Path folder, String file) throws IOException {
        final String path = folder.resolve(file).toString();
        if (!UnixSocketName.isPossible(path)) {
            throw new IOException("%s: a socket's name has at most %s bytes"
                    .formatted(path, UnixSocketName.MAX_LENGTH));
        }
        final UnixSocketName name = UnixSocketName.path(path);
        return new SocketFile(name, sockets.listen(WHAT, name));
    }
}
