// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.os.internal.NativeLibrary.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
    @TempDir
    Path directory;

    @Test
    void shouldMirrorTheVersionOfTheHeader() throws UnavailableException {
        assertThat(NativeLibrary.load(directory.resolve("new")).hb_abi_version())
                .isEqualTo(NativeHotbus.ABI_VERSION);
    }

    @Test
    void shouldNotTouchALibraryThatIsThere() throws IOException {
        final byte[] library = {1, 2, 3};
        final Path file = NativeLibrary.extract(library, directory);
        final Object inode = inode(file);

        assertThat(NativeLibrary.extract(library, directory)).isEqualTo(file);

        assertThat(inode(file)).isEqualTo(inode);
        assertThat(Files.getPosixFilePermissions(file))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(files()).containsExactly(file);
    }

    @Test
    void shouldReplaceADamagedLibraryByAnotherFile() throws IOException {
        final byte[] library = {1, 2, 3};
        final Path file = NativeLibrary.extract(library, directory);
        // A link keeps the inode from being used again.
        final Path mapped = Files.createLink(directory.resolve("mapped"), file);
        Files.write(file, new byte[] {1});

        NativeLibrary.extract(library, directory);

        assertThat(file).hasBinaryContent(library);
        assertThat(mapped).hasBinaryContent(new byte[] {1});
        assertThat(files()).containsExactlyInAnyOrder(file, mapped);
    }

    @Test
    void shouldKeepLibrariesOfDifferentContentApart() throws IOException {
        assertThat(NativeLibrary.extract(new byte[] {1}, directory))
                .isNotEqualTo(NativeLibrary.extract(new byte[] {2}, directory));
    }

    @Test
    void shouldSayWhichArchitecturesThereAre() {
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> NativeLibrary.load(directory, "riscv64"))
                .withMessageMatching("io.hotbus.os has no libhotbus.so for riscv64-linux; it was"
                        + " built for .*(x86_64|aarch64)-linux. On a machine of that architecture"
                        + " run `apt-get install gcc make` and build hotbus again.");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldNotLoadWhatIsNoLibrary() throws IOException {
        final Path file = NativeLibrary.extract(new byte[] {1, 2, 3}, directory);

        assertThatExceptionOfType(UnsatisfiedLinkError.class)
                .isThrownBy(() -> NativeLibrary.open(file))
                .withMessageContaining(file.toString());
    }

    @Test
    void shouldLoadFromAnotherFolderWhereItCannotWrite() throws Exception {
        final Path file = Files.createFile(directory.resolve("file"));

        assertThat(NativeLibrary.load(file).hb_abi_version())
                .isEqualTo(NativeHotbus.ABI_VERSION);
    }

    private static Object inode(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
