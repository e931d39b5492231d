// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeFolderTest {
    private static final Access NO_ONE_ELSE = new Access(Optional.empty());

    @TempDir
    private Path base;

    private static String mode(Path folder) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
    }

    @Test
    void shouldBeWhereDpdkHasIt() {
        assertThat(RuntimeFolder.base(Map.of(), 0)).hasToString("/var/run");
        assertThat(RuntimeFolder.base(Map.of("XDG_RUNTIME_DIR", "/x"), 0)).hasToString("/var/run");
        assertThat(RuntimeFolder.base(Map.of(), 7)).hasToString("/tmp");
        assertThat(RuntimeFolder.base(Map.of("XDG_RUNTIME_DIR", "/x"), 7)).hasToString("/x");
        assertThat(RuntimeFolder.base(Map.of("RUNTIME_DIRECTORY", "/r", "XDG_RUNTIME_DIR", "/x"),
                7)).hasToString("/r");
    }

    @Test
    void shouldBelongToThisUserAlone() throws Exception {
        final Path folder = RuntimeFolder.create(base, "rte", NO_ONE_ELSE);
        assertThat(folder).isEqualTo(base.resolve("dpdk/rte"));
        assertThat(mode(folder)).isEqualTo("rwx------");
        assertThat(mode(folder.getParent())).isEqualTo("rwx------");
        assertThat(RuntimeFolder.create(base, "rte", NO_ONE_ELSE)).isEqualTo(folder);
    }

    @Test
    void shouldLetAGroupIn() throws Exception {
        final GroupPrincipal group = Files.readAttributes(base, PosixFileAttributes.class).group();
        final Access access = Access.of(group.getName(), base);
        final Path folder = RuntimeFolder.create(base, "rte", access);
        assertThat(mode(folder)).isEqualTo("rwxr-x---");
        assertThat(mode(folder.getParent())).isEqualTo("rwxr-x---");
        final Path socket = Files.createFile(folder.resolve("socket"));
        access.openSocket(socket);
        assertThat(mode(socket)).isEqualTo("rw-rw----");
        assertThat(RuntimeFolder.create(base, "rte", access)).isEqualTo(folder);
    }

    @Test
    void shouldNameAGroupThatThereIsNot() {
        assertThatThrownBy(() -> Access.of("nogroup7", base)).isInstanceOf(IOException.class)
                .hasMessage("group=nogroup7: there is no such group");
    }

    @Test
    void shouldRefuseAFolderThatOthersMayWriteTo() throws Exception {
        final Path dpdk = Files.createDirectory(base.resolve("dpdk"));
        Files.setPosixFilePermissions(dpdk, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertRefused(dpdk + " can be written to by others");
    }

    @Test
    void shouldRefuseALink() throws Exception {
        Files.createSymbolicLink(base.resolve("dpdk"), Files.createDirectory(base.resolve("x")));
        assertRefused(base.resolve("dpdk") + " is no folder");
    }

    @Test
    void shouldRefuseAFolderOfAnotherUser() throws Exception {
        assumeTrue(RuntimeFolder.uid() == 0, "only root can give a folder away");
        final Path dpdk = Files.createDirectory(base.resolve("dpdk"));
        Files.setAttribute(dpdk, "unix:uid", 12345);
        assertRefused(dpdk + " belongs to another user");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> RuntimeFolder.create(base, "rte", NO_ONE_ELSE))
                .isInstanceOf(IOException.class).hasMessageContaining(message);
    }

    @Test
    void shouldRefuseAPlaceThatIsTooLongForASocket() {
        assertThatThrownBy(() -> SocketFile.listen(null, base.resolve("x".repeat(100))))
                .isInstanceOf(IOException.class).hasMessageContaining("at most 107 bytes");
    }
}
