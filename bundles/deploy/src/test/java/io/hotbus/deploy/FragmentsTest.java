// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.deploy.sample.GoodActivator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

class FragmentsTest {
    @TempDir
    private Path folder;
    private DeployStack stack;

    @BeforeEach
    void open() throws Exception {
        stack = new DeployStack(folder.resolve("cache"));
    }

    @AfterEach
    void close() throws Exception {
        stack.close();
    }

    private Path drop(TestJar jar, String file) throws IOException {
        Path path = jar.write(folder.resolve(file));
        stack.deployments.changed(path);
        return path;
    }

    private static TestJar host(String version) {
        return new TestJar("host", version).activator(GoodActivator.class);
    }

    /** Its text is what a fragment adds to the host. */
    private static TestJar fragment(String host, String text) {
        return new TestJar("frag", "1").header("Fragment-Host", host).text("words.txt", text);
    }

    private void hostRunsWith(String text) throws IOException {
        Bundle host = stack.bundles.byName("host").orElseThrow();
        assertThat(host.getState()).isEqualTo(Bundle.ACTIVE);
        var words = host.getResource("words.txt");
        assertThat(words == null ? "" : new String(words.openStream().readAllBytes()))
                .isEqualTo(text);
    }

    private String why() throws Exception {
        return stack.run(folder, "why", "frag").lines().findFirst().orElseThrow();
    }

    @Test
    void shouldAttachAFragmentToAHostThatRuns() throws Exception {
        drop(host("1"), "host.jar");
        Path fragment = drop(fragment("host", "one"), "frag.jar");
        hostRunsWith("one");
        assertThat(why()).isEqualTo("frag 1.0.0 is attached to host 1.0.0");
        stack.lines.await("INFO host 1.0.0: restarted for a fragment");

        drop(fragment("host", "two"), "frag.jar");
        hostRunsWith("two");

        Files.delete(fragment);
        stack.deployments.removed(fragment);
        hostRunsWith("");
    }

    @Test
    void shouldAttachAFragmentThatWasThereBeforeItsHost() throws Exception {
        drop(fragment("host;bundle-version=\"[2,3)\"", "one"), "frag.jar");
        stack.lines.await("ERROR frag 1.0.0: is a fragment of host;bundle-version=\"[2,3)\","
                + " which is not there: put that into deploy/, too");
        drop(host("1"), "host.jar");
        assertThat(why()).isEqualTo("frag 1.0.0 is a fragment of host;bundle-version=\"[2,3)\","
                + " but there is host 1.0.0");
        drop(host("2"), "host.jar");
        hostRunsWith("one");
    }

    @Test
    void shouldAttachAFragmentWhenWhatItLacksHasCome() throws Exception {
        drop(host("1"), "host.jar");
        drop(fragment("host", "one").header("Import-Package", "org.lib"), "frag.jar");
        stack.lines.await("ERROR frag 1.0.0: does not resolve: imports org.lib");
        drop(new TestJar("lib", "1").header("Export-Package", "org.lib"), "lib.jar");
        hostRunsWith("one");
    }

    @Test
    void shouldSayThatTheHostForbidsFragments() throws Exception {
        drop(host("1").header("Bundle-SymbolicName", "host;fragment-attachment:=never"),
                "host.jar");
        drop(fragment("host", "one"), "frag.jar");
        stack.lines.await("ERROR frag 1.0.0: is a fragment of host, whose manifest forbids");
        hostRunsWith("");
    }

    @Test
    void shouldNotRestartWhatTheCommandStandsOn() throws Exception {
        Path own = new TestJar("io.hotbus.core", "1").activator(GoodActivator.class)
                .write(folder.resolve("own.jar"));
        stack.framework.context().installBundle(own.toUri().toString()).start();
        drop(fragment("io.hotbus.core", "one"), "frag.jar");
        stack.lines.await("ERROR frag 1.0.0: is a fragment of io.hotbus.core 1.0.0, which the"
                + " running command stands on and which cannot be restarted");
        assertThat(stack.lines.all()).doesNotContain("INFO io.hotbus.core 1.0.0: stopped");
    }

    @Test
    void shouldNotTakeAnExtensionOfTheFramework() throws Exception {
        Path file = drop(fragment("system.bundle;extension:=framework", "one"), "frag.jar");
        assertThat(stack.bundles.byName("frag")).isEmpty();
        assertThat(stack.lines.all()).anyMatch(line -> line.startsWith("ERROR " + file
                + ": is an extension of the framework, which would have to restart"));
    }
}
