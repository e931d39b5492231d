// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.deploy.sample.GoodActivator;
import io.hotbus.deploy.sample.HangingComponent;
import io.hotbus.deploy.sample.HangingQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;

class DeliveriesTest {
    private static final Duration LIMIT = Duration.ofMillis(1500);

    @TempDir
    private Path folder;
    private DeployStack stack;
    private ConfigurationAdmin admin;
    private final CountDownLatch gate = new CountDownLatch(1);

    @BeforeEach
    void open() throws Exception {
        stack = new DeployStack(folder.resolve("cache"), LIMIT);
        BundleContext context = stack.framework.context();
        context.registerService(CountDownLatch.class, gate, null);
        admin = context.getService(context.getServiceReference(ConfigurationAdmin.class));
    }

    @AfterEach
    void close() throws Exception {
        gate.countDown();
        stack.close();
    }

    private void configure(String pid) throws Exception {
        admin.getConfiguration(pid, "?").update(new Hashtable<>(Map.of("x", "1")));
    }

    @Test
    void shouldNameTheComponentThatKeepsConfigurationsFromArriving() throws Exception {
        stack.deployments.changed(new TestJar("a", "1").component(HangingComponent.class, "",
                        "configuration-policy=\"require\"")
                .and(Class.forName("io.hotbus.deploy.sample.Gate"))
                .write(folder.resolve("a.jar")));
        configure("HangingComponent");
        configure("other");
        String line = stack.lines.await("ERROR changes of configurations do not arrive any more:"
                + " the thread CM Event Dispatcher hangs, in a 1.0.0: at ").get(0);
        assertThat(line).contains("HangingComponent.<init>(HangingComponent.java:");
        gate.countDown();
        stack.lines.await("changes of configurations arrive again");
    }

    @Test
    void shouldMissNoEventThatWasSentBeforeAnotherArrived() throws Exception {
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        try {
            Backlog backlog = new Backlog("parcels", "no such thread", stack.bundles, later);
            backlog.sent();
            backlog.sent();
            backlog.arrived();
            stack.lines.await("ERROR parcels do not arrive any more: the thread no such thread");
            backlog.arrived();
            stack.lines.await("parcels arrive again");
        } finally {
            later.shutdownNow();
        }
    }

    @Test
    void shouldNameTheListenerThatKeepsEventsFromArriving() throws Exception {
        stack.deployments.changed(new TestJar("a", "1").activator(HangingQueue.class)
                .and(Class.forName("io.hotbus.deploy.sample.Gate"))
                .write(folder.resolve("a.jar")));
        // The event that it hangs at may have arrived here before: the next one does not.
        Path good = new TestJar("good", "1").activator(GoodActivator.class)
                .write(folder.resolve("good.jar"));
        stack.deployments.changed(good);
        stack.lines.await("ERROR events of bundles do not arrive any more: the thread"
                + " FelixDispatchQueue hangs, in a 1.0.0: at ");
        assertThat(stack.bundles.byName("good").orElseThrow().getState())
                .isEqualTo(Bundle.ACTIVE);
        stack.deployments.removed(good);
        assertThat(stack.bundles.byName("good")).isEmpty();
        gate.countDown();
        stack.lines.await("events of bundles arrive again");
    }
}
