// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/**
 * The folder of DPDK's that the socket is in. Source: DPDK {@code eal_create_runtime_dir}.
 */
final class RuntimeFolder {
    private RuntimeFolder() {
    }

    /** The folder below which DPDK has its own. */
    static Path base(Map<String, String> environment, int uid) {
        final String systemd = environment.getOrDefault("RUNTIME_DIRECTORY", "");
        if (!systemd.isEmpty()) {
            return Path.of(systemd);
        }
        if (uid == 0) {
            return Path.of("/var/run");
        }
        final String session = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        return Path.of(session.isEmpty() ? "/tmp" : session);
    }

    /** The user that this process runs as. */
    static int uid() throws IOException {
        return owner(Path.of("/proc/self"));
    }

    private static int owner(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Returns {@code base/dpdk/prefix}, which is created if it is missing, for this user and those
     * who have access.
     *
     * @throws IOException it cannot be created, or another user could put a socket of his there
     */
    static Path create(Path base, String prefix, Access access) throws IOException {
        final Path dpdk = base.resolve("dpdk");
        final Path folder = dpdk.resolve(prefix);
        makePrivate(dpdk);
        makePrivate(folder);
        access.openFolder(dpdk);
        access.openFolder(folder);
        return folder;
    }

    private static void makePrivate(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            requireOwn(folder);
        }
    }

    private static void requireOwn(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(folder + " is no folder");
        }
        if (owner(folder) != uid()) {
            throw new IOException(folder + " belongs to another user (XDG_RUNTIME_DIR names a "
                    + "folder of your own)");
        }
        final Set<PosixFilePermission> mode =
                Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
        if (mode.contains(PosixFilePermission.GROUP_WRITE)
                || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(folder + " can be written to by others (chmod go-w)");
        }
    }
}
