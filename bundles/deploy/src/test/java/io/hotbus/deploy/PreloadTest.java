// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.deploy.sample.GoodActivator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.hooks.weaving.WeavingHook;

class PreloadTest {
    /** Is in no jar. */
    static class Missing {
    }

    /** Cannot be loaded where {@link Missing} is not. */
    static class A extends Missing {
    }

    /** Is used by no code. */
    static class B {
    }

    @TempDir
    private Path folder;
    private final Set<String> loaded = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Integer> rounds = new LinkedBlockingQueue<>();
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private TestFramework framework;
    private Preload preload;

    @BeforeEach
    void open() throws Exception {
        framework = new TestFramework(folder.resolve("cache"));
        WeavingHook hook = type -> loaded.add(type.getClassName());
        framework.context().registerService(WeavingHook.class, hook, null);
        preload = new Preload(framework.context(), later, Duration.ZERO);
    }

    @AfterEach
    void close() throws Exception {
        preload.close();
        later.shutdownNow();
        framework.close();
    }

    private Bundle install(String name) throws Exception {
        Path jar = new TestJar(name, "1").activator(GoodActivator.class).and(A.class).and(B.class)
                .write(folder.resolve(name + ".jar"));
        return framework.context().installBundle(jar.toUri().toString());
    }

    /** Waits until what was submitted before is done. */
    private void settle() throws InterruptedException {
        later.schedule(() -> rounds.add(1), 0, TimeUnit.MILLISECONDS);
        assertThat(rounds.poll(20, TimeUnit.SECONDS)).isNotNull();
    }

    private void awaitLoaded(String name) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!loaded.contains(name) && System.nanoTime() < end) {
            settle();
        }
        assertThat(loaded).contains(name);
    }

    @Test
    void shouldLoadClassesBeforeTheyAreUsed() throws Exception {
        install("a").start();
        awaitLoaded(B.class.getName());
    }

    @Test
    void shouldLoadThoseOfAnUpdateAgain() throws Exception {
        Bundle bundle = install("a");
        bundle.start();
        awaitLoaded(B.class.getName());
        loaded.clear();
        bundle.update();
        awaitLoaded(B.class.getName());
    }
}
