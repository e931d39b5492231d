// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleJarTest {
    @TempDir
    private Path folder;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("a.jar");
    }

    @Test
    void shouldReadNameAndVersion() throws Exception {
        new TestJar("org.acme.bus;singleton:=true", "1.2.3").write(file);
        assertThat(BundleJar.read(file).label()).isEqualTo("org.acme.bus 1.2.3");
    }

    @Test
    void shouldSayThatAFileIsTruncated() throws Exception {
        byte[] whole = Files.readAllBytes(new TestJar("org.acme.bus", "1").write(file));
        Files.write(file, Arrays.copyOf(whole, whole.length - 10));
        refused("is not a complete jar");
        Files.write(file, new byte[0]);
        refused("is not a complete jar");
    }

    @Test
    void shouldSayThatAnEntryIsDamaged() throws Exception {
        byte[] jar = Files.readAllBytes(new TestJar("org.acme.bus", "1")
                .activator(io.hotbus.deploy.sample.GoodActivator.class).write(file));
        Arrays.fill(jar, jar.length / 3, jar.length / 2, (byte) 0x55); // within that class
        Files.write(file, jar);
        refused("is not a complete jar");
    }

    @Test
    void shouldSayThatAJarIsNoBundle() throws Exception {
        new TestJar("", "1").header("Bundle-SymbolicName", "").write(file);
        new TestJar("x", "one").write(folder.resolve("b.jar"));
        try (var jar = new java.util.jar.JarOutputStream(Files.newOutputStream(file))) {
            jar.putNextEntry(new java.util.zip.ZipEntry("x"));
        }
        refused("has no Bundle-SymbolicName");
        file = folder.resolve("b.jar");
        refused("Bundle-Version one is no version");
    }

    @Test
    void shouldRefuseWhatOthersMayWrite() throws Exception {
        new TestJar("org.acme.bus", "1").write(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--rw-"));
        refused("others may write to it and have any code run here: chmod o-w " + file);
    }

    @Test
    void shouldSayThatThereIsNoFile() {
        refused("no such file");
    }

    private void refused(String why) {
        assertThatThrownBy(() -> BundleJar.read(file)).isInstanceOf(DeployException.class)
                .hasMessageContaining(why);
    }
}
