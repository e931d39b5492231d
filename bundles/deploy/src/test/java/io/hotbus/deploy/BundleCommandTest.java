// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.deploy.sample.GoodActivator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleCommandTest {
    @TempDir
    private Path folder;
    private DeployStack stack;

    @BeforeEach
    void open() throws Exception {
        stack = new DeployStack(folder.resolve("cache"));
        new TestJar("a", "1").activator(GoodActivator.class).write(folder.resolve("a.jar"));
    }

    @AfterEach
    void close() throws Exception {
        stack.close();
    }

    private static List<String> line(String... words) {
        return Stream.concat(Stream.of("bundle"), Stream.of(words)).toList();
    }

    private String run(String... words) throws Exception {
        return stack.run(folder, words);
    }

    private void refused(String why, String... words) {
        assertThatThrownBy(() -> run(words)).isInstanceOf(Exception.class)
                .hasMessageContaining(why);
    }

    @Test
    void shouldInstallUpdateStopStartAndUninstall() throws Exception {
        assertThat(run("install", "a.jar")).isEqualTo("a 1.0.0 runs");
        new TestJar("a", "2").activator(GoodActivator.class).write(folder.resolve("b.jar"));
        assertThat(run("update", "a", "b.jar")).isEqualTo("a 2.0.0 runs");
        assertThat(run("update", "a")).isEqualTo("a 1.0.0 runs");
        assertThat(run("stop", "a")).isEqualTo("a 1.0.0 is stopped");
        assertThat(run("list")).containsPattern("\\d  stopped   a +1\\.0\\.0");
        assertThat(run("start", "a")).isEqualTo("a 1.0.0 runs");
        String id = Long.toString(stack.bundles.byName("a").orElseThrow().getBundleId());
        assertThat(run("uninstall", id)).isEqualTo("a 1.0.0 is uninstalled");
        refused("no bundle 'a'", "start", "a");
    }

    @Test
    void shouldSayWhyABundleDoesNotWork() throws Exception {
        new TestJar("lost", "1").header("Import-Package", "org.nowhere")
                .write(folder.resolve("lost.jar"));
        assertThat(run("install", "lost.jar")).contains("does not resolve: imports org.nowhere");
        assertThat(run("why", "lost")).contains("does not resolve: imports org.nowhere");
        assertThat(run("list")).containsPattern("broken +lost");
    }

    @Test
    void shouldRefuseWhatItCannotDo() throws Exception {
        Files.writeString(folder.resolve("half.jar"), "half a j");
        refused("half.jar: is not a complete jar", "install", "half.jar");
        refused("no.jar: no such file", "install", "no.jar");
        refused("'bundle frobnicate' is not understood, valid: bundle list, "
                + "bundle install FILE|URL", "frobnicate");
        refused("'bundle install' is not understood", "install");
        run("install", "a.jar");
        refused("is installed from there already (bundle update a)", "install", "a.jar");
        new TestJar("b", "1").write(folder.resolve("b.jar"));
        refused("b.jar: is b 1.0.0, not another a", "update", "a", "b.jar");
        refused("is what the running command stands on", "stop", "0");
        refused("is what the running command stands on", "uninstall", "org.apache.felix.scr");
    }

    @Test
    void shouldNameTheFileThatABundleIsThereFor() throws Exception {
        stack.deployments.changed(folder.resolve("a.jar"));
        refused("delete that file", "uninstall", "a");
        assertThat(run("list")).contains(folder.resolve("a.jar").toString());
    }

    @Test
    void shouldOfferWordsAndNames() {
        assertThat(stack.shell.candidates(line())).contains("list", "install", "why");
        assertThat(stack.shell.candidates(line("why"))).contains("org.apache.felix.scr");
        assertThat(stack.shell.candidates(line("list"))).isEmpty();
    }

    @Test
    void shouldListAsJson() throws Exception {
        assertThat(run("list", "--json")).contains("\"name\" : \"org.apache.felix.scr\"");
    }
}
