// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleActivator;

/** Starts real processes with products of one or two small bundles. */
@Timeout(300)
class LaunchTest {
    private record Ended(int code, String printed) {
    }

    @TempDir
    private Path folder;
    private Path home;
    private Path export;

    @BeforeEach
    void layOut() throws IOException {
        // Signs that URLs escape: no path may keep the product from its start levels.
        home = folder.resolve("a b#c%20d;e?f&\u00e9");
        export = home.resolve("target/export");
        Files.createDirectories(export.resolve("lib"));
        Files.createDirectories(export.resolve("hotbus"));
        Files.createDirectories(home.resolve("etc"));
        Files.writeString(home.resolve("etc/felix.properties"), "felix.log.level=0\n");
    }

    private Path bundle(Class<? extends BundleActivator> activator) throws IOException {
        Path jar = export.resolve("hotbus/" + activator.getSimpleName() + "-1.0.jar");
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", activator.getSimpleName());
        main.putValue("Bundle-Activator", activator.getName());
        main.putValue("Import-Package", "org.osgi.framework");
        String resource = activator.getName().replace('.', '/') + ".class";
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                InputStream in = activator.getClassLoader().getResourceAsStream(resource)) {
            out.putNextEntry(new JarEntry(resource));
            in.transferTo(out);
        }
        return jar;
    }

    private Ended launch(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp", System.getProperty("java.class.path"),
                "-Dsun.jnu.encoding=UTF-8", "-Dhotbus.home=" + home,
                "-Dhotbus.cache=" + Files.createTempDirectory(folder, "cache")));
        command.addAll(List.of(options));
        command.addAll(List.of(Main.class.getName(), "demo", "--name", "two words"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), printed);
    }

    @Test
    void shouldEndWithTheCodeOfTheCommand() throws Exception {
        bundle(RunsTheCommand.class);

        Ended ended = launch();

        assertThat(ended.printed()).contains("arguments=--name|two words number=1234.5");
        assertThat(ended.code()).isEqualTo(RunsTheCommand.EXIT_CODE);
    }

    @Test
    void shouldStartAndPrintTheSameInEveryLocale() throws Exception {
        bundle(RunsTheCommand.class);

        assertThat(launch("-Duser.language=ar", "-Duser.country=EG").printed())
                .contains("number=1234.5");
        assertThat(launch("-Duser.language=de", "-Duser.country=DE").printed())
                .contains("number=1234.5");
    }

    @Test
    void shouldNameABundleThatHangsInItsStart() throws Exception {
        bundle(HangsInStart.class);

        Ended ended = launch("-Dhotbus.start.limit.s=10"); // by then it has begun to start

        assertThat(ended.printed()).contains("hotbus: the start is not complete after 10 s",
                HangsInStart.class.getName() + ".start", "HangsInStart (starting)");
        assertThat(ended.code()).isEqualTo(1);
    }

    @Test
    void shouldEndWhereNothingBeginsTheCommand() throws Exception {
        bundle(HangsInStop.class);

        Ended ended = launch("-Dhotbus.begin.limit.s=1", "-Dhotbus.stop.limit.s=1");

        assertThat(ended.printed()).contains("hotbus: no bundle has begun the command 'demo'");
        assertThat(ended.code()).isEqualTo(1);
    }

    @Test
    void shouldEndThoughABundleHangsInItsStop() throws Exception {
        bundle(RunsTheCommand.class);
        bundle(HangsInStop.class);

        Ended ended = launch("-Dhotbus.stop.limit.s=2");

        assertThat(ended.printed()).contains("hotbus: not all has stopped within 2 s",
                HangsInStop.class.getName() + ".stop");
        assertThat(ended.code()).isEqualTo(RunsTheCommand.EXIT_CODE);
    }

    @Test
    void shouldNameAJarThatIsDamaged() throws Exception {
        Path jar = bundle(RunsTheCommand.class);
        Files.write(jar, new byte[] {'P', 'K'});

        Ended ended = launch();

        assertThat(ended.printed()).contains("hotbus: " + jar + " cannot be installed")
                .contains("it is damaged");
        assertThat(ended.code()).isEqualTo(3);
    }

    @Test
    void shouldNameALibraryThatIsDamaged() throws Exception {
        bundle(RunsTheCommand.class);
        Path library = export.resolve("lib/logger-1.0.jar");
        Files.write(library, new byte[] {'P', 'K'});

        Ended ended = launch();

        assertThat(ended.printed()).contains("hotbus: " + library + " is damaged");
        assertThat(ended.code()).isEqualTo(3);
    }

    @Test
    void shouldSayWhereTheProductIsMissing() throws Exception {
        Files.delete(export.resolve("hotbus"));

        Ended ended = launch();

        assertThat(ended.printed()).contains("hotbus: the product cannot be read from " + export);
        assertThat(ended.code()).isEqualTo(3);
    }
}
