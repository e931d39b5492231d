// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;

/**
 * Who may ask for telemetry besides the user of the process.
 *
 * @param group the group that may; empty: no one else
 */
record Access(Optional<GroupPrincipal> group) {
    /**
     * The group of that name; an empty name is none.
     *
     * @throws IOException there is no such group
     */
    static Access of(String name, Path anywhere) throws IOException {
        if (name.isEmpty()) {
            return new Access(Optional.empty());
        }
        try {
            return new Access(Optional.of(anywhere.getFileSystem()
                    .getUserPrincipalLookupService().lookupPrincipalByGroupName(name)));
        } catch (UserPrincipalNotFoundException e) {
            throw new IOException("group=%s: there is no such group".formatted(name), e);
        }
    }

    /** Lets the group, if there is one, look for a socket in a folder. */
    void openFolder(Path folder) throws IOException {
        open(folder, "rwxr-x---");
    }

    /** Lets the group, if there is one, connect to a socket. */
    void openSocket(Path socket) throws IOException {
        open(socket, "rw-rw----");
    }

    private void open(Path path, String mode) throws IOException {
        if (group.isEmpty()) {
            return;
        }
        try {
            Files.getFileAttributeView(path, PosixFileAttributeView.class,
                    LinkOption.NOFOLLOW_LINKS).setGroup(group.get());
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        } catch (FileSystemException e) {
            throw new IOException("%s: cannot be given to the group %s: %s (is the user of this "
                    .formatted(path, group.get().getName(), e.getReason())
                    + "process in the group?)", e);
        }
    }
}
