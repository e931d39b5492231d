// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.deploy.sample.GoodActivator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

class DeploymentsTest {
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

    private static TestJar jar(String name, String version) {
        return new TestJar(name, version).activator(GoodActivator.class);
    }

    private Path drop(TestJar jar, String file) throws IOException {
        Path path = jar.write(folder.resolve(file));
        stack.deployments.changed(path);
        return path;
    }

    private void delete(Path file) throws IOException {
        Files.delete(file);
        stack.deployments.removed(file);
    }

    private void runs(String name, String version) {
        Bundle bundle = stack.bundles.byName(name).orElseThrow();
        assertThat(bundle.getVersion()).hasToString(version);
        assertThat(bundle.getState()).isEqualTo(Bundle.ACTIVE);
    }

    @Test
    void shouldKeepWhatRunsWhenItsFileIsReplacedByABrokenOne() throws Exception {
        Path file = drop(jar("a", "1"), "a.jar");
        Files.writeString(file, "half a j");
        stack.deployments.changed(file);
        runs("a", "1.0.0");
        assertThat(stack.lines.all()).anyMatch(line -> line.startsWith("ERROR " + file
                + ": is not a complete jar") && line.endsWith("(a 1.0.0 of before goes on)"));
        drop(jar("a", "2"), "a.jar");
        runs("a", "2.0.0");
    }

    @Test
    void shouldTakeAFileThatWasBrokenAndIsWhole() throws Exception {
        Path file = Files.writeString(folder.resolve("a.jar"), "half a j");
        stack.deployments.changed(file);
        assertThat(stack.bundles.byName("a")).isEmpty();
        drop(jar("a", "1"), "a.jar");
        runs("a", "1.0.0");
    }

    @Test
    void shouldNotMindTheOrder() throws Exception {
        stack.close();
        stack = new DeployStack(folder.resolve("patient"), DeployStack.LIMIT,
                Duration.ofMinutes(1));
        drop(jar("a", "1").header("Import-Package", "org.osgi.framework,org.b"), "a.jar");
        drop(jar("b", "1").header("Export-Package", "org.b"), "b.jar");
        runs("a", "1.0.0");
        assertThat(stack.lines.all()).noneMatch(line -> line.startsWith("ERROR"));
    }

    @Test
    void shouldRunTheHighestVersionOfSeveralFiles() throws Exception {
        Path one = drop(jar("a", "1"), "a-1.jar");
        Path two = drop(jar("a", "2"), "a-2.jar");
        runs("a", "2.0.0");
        assertThat(stack.lines.all()).anyMatch(line -> line.startsWith("WARN a is in several files")
                && line.contains(one.toString()) && line.contains(two.toString()));
        delete(two);
        runs("a", "1.0.0");
        delete(one);
        assertThat(stack.bundles.byName("a")).isEmpty();
    }

    @Test
    void shouldReplaceABundleThatWasThereAndGiveItBack() throws Exception {
        Path own = jar("a", "1").write(folder.resolve("own.jar"));
        stack.framework.context().installBundle(own.toUri().toString()).start();
        Path file = drop(jar("a", "2"), "a.jar");
        runs("a", "2.0.0");
        delete(file);
        runs("a", "1.0.0");
        assertThat(stack.lines.all()).contains(
                "INFO %s: a 2.0.0 replaces 1.0.0 of %s until the file is deleted"
                        .formatted(file, own),
                "INFO %s: was deleted, a 1.0.0 is back".formatted(file));
    }

    @Test
    void shouldGiveBackAlsoWhereItIsTheSameVersion() throws Exception {
        Path own = jar("a", "1").write(folder.resolve("own.jar"));
        stack.framework.context().installBundle(own.toUri().toString()).start();
        delete(drop(jar("a", "1"), "a.jar"));
        runs("a", "1.0.0");
    }

    @Test
    void shouldNotReplaceWhatTheCommandStandsOn() throws Exception {
        Path own = jar("io.hotbus.core", "1").header("Import-Package", "org.osgi.framework,org.b")
                .write(folder.resolve("own.jar"));
        drop(jar("b", "1").header("Export-Package", "org.b"), "b.jar");
        stack.framework.context().installBundle(own.toUri().toString()).start();
        drop(jar("io.hotbus.core", "2"), "core.jar");
        runs("io.hotbus.core", "1.0.0");
        assertThat(stack.lines.all()).anyMatch(line -> line.startsWith("ERROR")
                && line.contains("io.hotbus.core is what the running command stands on")
                && line.contains(own.toString()));
        assertThat(Foundation.contains(stack.bundles.byName("b").orElseThrow(),
                stack.bundles.all())).as("what that stands on").isTrue();
    }

    @Test
    void shouldLeaveStoppedWhatWasStoppedByHand() throws Exception {
        drop(jar("a", "1"), "a.jar");
        stack.run(folder, "stop", "a");
        drop(jar("a", "2"), "a.jar");
        assertThat(stack.bundles.byName("a").orElseThrow().getState())
                .isNotEqualTo(Bundle.ACTIVE);
    }

    @Test
    void shouldRestartWhoDependsOnWhatWasUpdated() throws Exception {
        drop(jar("b", "1").header("Export-Package", "org.b"), "b.jar");
        drop(jar("a", "1").header("Import-Package", "org.osgi.framework,org.b"), "a.jar");
        drop(jar("b", "2").header("Export-Package", "org.b"), "b.jar");
        assertThat(stack.lines.all()).containsSubsequence("INFO b 2.0.0: updated from 1.0.0",
                "INFO a 1.0.0: stopped", "INFO a 1.0.0: started");
        runs("b", "2.0.0");
        runs("a", "1.0.0");
    }
}
