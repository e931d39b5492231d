// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.hotbus.deploy.sample.GoodActivator;
import io.hotbus.deploy.sample.HangingQueue;
import io.hotbus.deploy.sample.HangingStop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

class ShutdownWatchTest {
    private static final Duration CALL = Duration.ofSeconds(3);

    @TempDir
    private Path folder;
    private DeployStack stack;
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CompletableFuture<Integer> halted = new CompletableFuture<>();

    @BeforeEach
    void open() throws Exception {
        stack = new DeployStack(folder.resolve("cache"), CALL);
        stack.framework.context().registerService(CountDownLatch.class, gate, null);
    }

    @AfterEach
    void close() throws Exception {
        stack.detach(); // before the framework, which waits at the gate, ends
        gate.countDown();
        stack.close();
    }

    private void deploy(String name, Class<?> activator) throws Exception {
        stack.deployments.changed(new TestJar(name, "1").activator(activator)
                .and(Class.forName("io.hotbus.deploy.sample.Gate"))
                .write(folder.resolve(name + ".jar")));
    }

    private void shutDown(Duration limit) throws Exception {
        new ShutdownWatch(stack.framework.context(), stack.bundles, limit, halted::complete);
        stack.framework.context().getBundle(0).stop();
    }

    @Test
    void shouldStopOthersAndEndTheProcessThoughABundleHangs() throws Exception {
        deploy("good", GoodActivator.class);
        deploy("a", HangingStop.class);
        Bundle good = stack.bundles.byName("good").orElseThrow();
        shutDown(CALL.multipliedBy(3));
        assertThat(halted.get(120, TimeUnit.SECONDS)).isZero();
        assertThat(good.getState()).isEqualTo(Bundle.RESOLVED);
        assertThat(stack.lines.all())
                .anyMatch(line -> line.startsWith("ERROR a 1.0.0: hangs in its stop: at ")
                        && line.contains("HangingStop.stop(HangingStop.java:"))
                .anyMatch(line -> line.startsWith("ERROR the process ends now, with exit code 0,"
                        + " though these have not stopped:") && line.contains("a 1.0.0"));
    }

    @Test
    void shouldNameTheListenerThatKeepsTheFrameworkFromEnding() throws Exception {
        deploy("a", HangingQueue.class);
        awaitThatTheQueueHangs(); // a bundle that is stopped before is not told of events
        shutDown(CALL.multipliedBy(3));
        assertThat(halted.get(120, TimeUnit.SECONDS)).isZero();
        assertThat(stack.lines.all())
                .anyMatch(line -> line.startsWith("ERROR the framework does not end: the thread"
                        + " FelixDispatchQueue hangs, in a 1.0.0: at "))
                .contains("ERROR the process ends now, with exit code 0, though the framework has"
                        + " not ended");
    }

    private static void awaitThatTheQueueHangs() {
        assertTimeoutPreemptively(Duration.ofSeconds(120), () -> {
            while (Thread.getAllStackTraces().values().stream().flatMap(Stream::of)
                    .noneMatch(f -> f.getClassName().equals(HangingQueue.class.getName()))) {
                Thread.onSpinWait();
            }
        });
    }

    @Test
    void shouldEndWithTheCodeThatWasSet() throws Exception {
        System.setProperty(ExitCode.PROPERTY, "7");
        try {
            deploy("a", HangingStop.class);
            shutDown(Duration.ofSeconds(2));
            assertThat(halted.get(120, TimeUnit.SECONDS)).isEqualTo(7);
        } finally {
            System.clearProperty(ExitCode.PROPERTY);
        }
    }
}
