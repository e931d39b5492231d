// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.deploy.sample.GoodActivator;
import io.hotbus.deploy.sample.HangingActivator;
import io.hotbus.deploy.sample.HangingComponent;
import io.hotbus.deploy.sample.HangingListener;
import io.hotbus.deploy.sample.HangingStop;
import io.hotbus.deploy.sample.StubbornActivator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

/** Tests the effect on other bundles of bundles that do not return. */
class HangTest {
    private static final Duration LIMIT = Duration.ofMillis(1500);
    private static final String GATE = "io.hotbus.deploy.sample.Gate";

    @TempDir
    private Path folder;
    private DeployStack stack;
    private final CountDownLatch gate = new CountDownLatch(1);

    @BeforeEach
    void open() throws Exception {
        stack = new DeployStack(folder.resolve("cache"), LIMIT);
        stack.framework.context().registerService(CountDownLatch.class, gate, null);
    }

    @AfterEach
    void close() throws Exception {
        gate.countDown();
        stack.close();
    }

    private static TestJar jar(String name, String version, Class<?> activator) throws Exception {
        return new TestJar(name, version).activator(activator).and(Class.forName(GATE));
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

    private Bundle bundle(String name) {
        return stack.bundles.byName(name).orElseThrow();
    }

    private void goodOneRuns() throws Exception {
        drop(jar("good", "1", GoodActivator.class), "good.jar");
        assertThat(bundle("good").getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(run("stop", "good")).isEqualTo("good 1.0.0 is stopped");
        assertThat(run("start", "good")).isEqualTo("good 1.0.0 runs");
    }

    private String run(String... words) throws Exception {
        return stack.run(folder, words);
    }

    @Test
    void shouldNameTheBundleThatHangsInItsStartAndStartOthers() throws Exception {
        drop(jar("a", "1", StubbornActivator.class), "a.jar");
        assertThat(stack.lines.await("ERROR a 1.0.0: hangs in its start: at ")).hasSize(1)
                .allMatch(line -> line.contains("at jdk.internal.misc.Unsafe.park(Native Method); ")
                        && line.contains("StubbornActivator.start(StubbornActivator.java:"));
        goodOneRuns();
        assertThat(run("list")).containsPattern("hangs +a +1\\.0\\.0")
                .containsPattern("runs +good");
        assertThat(run("why", "a")).startsWith("a 1.0.0 hangs in its start: at ");

        gate.countDown();
        stack.lines.await("INFO a 1.0.0: has returned from its start after ");
        stack.lines.await("INFO a 1.0.0: works now");
        assertThat(bundle("a").getState()).isEqualTo(Bundle.ACTIVE);
    }

    @Test
    void shouldInterruptWhatHangsWhenItsFileIsDeleted() throws Exception {
        Path file = drop(jar("a", "1", HangingActivator.class), "a.jar");
        delete(file);
        assertThat(stack.bundles.byName("a")).isEmpty();
    }

    @Test
    void shouldInterruptWhatHangsWhenItsFileIsReplaced() throws Exception {
        drop(jar("a", "1", HangingActivator.class), "a.jar");
        drop(jar("a", "2", GoodActivator.class), "a.jar");
        assertThat(bundle("a").getVersion()).hasToString("2.0.0");
        assertThat(bundle("a").getState()).isEqualTo(Bundle.ACTIVE);
    }

    @Test
    void shouldTakeAwayWhatHungWhenItReturns() throws Exception {
        Path file = drop(jar("a", "1", StubbornActivator.class), "a.jar");
        delete(file);
        assertThat(stack.lines.all()).anyMatch(line -> line.startsWith("ERROR a: hangs in its")
                && line.endsWith("(also after an interrupt)"));
        goodOneRuns();
        gate.countDown();
        stack.lines.await("INFO a 1.0.0: uninstalled");
    }

    @Test
    void shouldReplaceWhatHungWhenItReturns() throws Exception {
        drop(jar("a", "1", StubbornActivator.class), "a.jar");
        drop(jar("a", "2", GoodActivator.class), "a.jar");
        assertThat(bundle("a").getVersion()).hasToString("1.0.0");
        gate.countDown();
        stack.lines.await("INFO a 2.0.0: started");
    }

    @Test
    void shouldNotWaitForABundleThatHangsInItsStop() throws Exception {
        Path file = drop(jar("a", "1", HangingStop.class), "a.jar");
        delete(file);
        stack.lines.await("ERROR a 1.0.0: hangs in its stop: at ");
        goodOneRuns();
        assertThatThrownBy(() -> run("start", "a")).isInstanceOf(DeployException.class)
                .hasMessageContaining("hangs in its stop");
        gate.countDown();
        stack.lines.await("INFO a 1.0.0: uninstalled");
    }

    @Test
    void shouldNameTheComponentThatHangs() throws Exception {
        drop(new TestJar("a", "1").component(HangingComponent.class, "")
                .and(Class.forName(GATE)), "a.jar");
        assertThat(stack.lines.await("ERROR a 1.0.0: hangs in its start: at ").get(0))
                .contains("HangingComponent.<init>(HangingComponent.java:");
        goodOneRuns();
        assertThat(run("list")).containsPattern("hangs +a +1\\.0\\.0");
        gate.countDown();
        stack.lines.await("INFO a 1.0.0: works now");
    }

    /** On the thread of who provides what it waits for, which is none of a deployment. */
    @Test
    void shouldNameTheComponentThatHangsOnAnotherThread() throws Exception {
        drop(new TestJar("a", "1").component(HangingComponent.class, "<reference name=\"needed\""
                + " interface=\"java.lang.Runnable\" bind=\"bind\" cardinality=\"1..1\"/>")
                .and(Class.forName(GATE)), "a.jar");
        stack.lines.await("waits for a service java.lang.Runnable");
        Thread provider = new Thread(() -> stack.framework.context()
                .registerService(Runnable.class, () -> { }, null), "provider");
        provider.start();
        assertThat(stack.lines.await("ERROR a 1.0.0: hangs on the thread provider: at ").get(0))
                .contains("HangingComponent.<init>(HangingComponent.java:");
        goodOneRuns();
        gate.countDown();
        provider.join();
        stack.lines.await("INFO a 1.0.0: works now");
    }

    @Test
    void shouldNameTheBundleWhoseListenerHangs() throws Exception {
        drop(jar("a", "1", HangingListener.class), "a.jar");
        drop(new TestJar("b", "1").activator(GoodActivator.class), "b.jar");
        stack.lines.await("ERROR b 1.0.0: hangs in its start, in a 1.0.0: at ");
        gate.countDown();
        stack.lines.await("INFO b 1.0.0: started");
        goodOneRuns();
    }

    @Test
    void shouldUpdateWhatABundleThatHangsDependsOn() throws Exception {
        drop(new TestJar("lib", "1").header("Export-Package", "org.lib"), "lib.jar");
        drop(jar("a", "1", StubbornActivator.class)
                .header("Import-Package", "org.osgi.framework,org.lib"), "a.jar");
        drop(new TestJar("lib", "2").header("Export-Package", "org.lib"), "lib.jar");
        stack.lines.await(
                "WARN lib 2.0.0: what it was before is in use until these return: a 1.0.0");
        goodOneRuns();
        gate.countDown();
        stack.lines.await("INFO a 1.0.0: stopped");
        stack.lines.await("INFO a 1.0.0: started", 2);
    }
}
