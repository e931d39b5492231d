// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.os.SigbusWindows;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tests that repeated updates under load leak nothing. */
class LeakTest {
    private static final Logger LOG = LoggerFactory.getLogger(LeakTest.class);
    private static final int UPDATES = Integer.getInteger("itest.updates", 200);
    /** Updates until everything permanent has been created, such as descriptors of the JVM. */
    private static final int WARM_UP = 5;
    private static final String[] DEVICES = {"net_sim0,loopback=1", "net_null0"};
    /** The bundles that are updated, and one more that is restarted with them. */
    private static final List<String> BUNDLES = List.of("bus.vdev", "net.sim", "net.null");

    private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    private Application application;
    private Lease failureHandling;
    private SigbusWindows table;

    @BeforeEach
    void start() throws Exception {
        application = new Application(8192);
        failureHandling = application.service(FailureHandling.class).enable();
        table = application.service(SigbusWindows.class);
    }

    @AfterEach
    void stop() throws Exception {
        application.close();
        failureHandling.close();
    }

    @Test
    void shouldLeaveNothingBehindWhenTheBusAndADriverAreUpdated() throws Exception {
        update(WARM_UP);
        settle();
        Resources before = Resources.now(table);
        loaders.clear();

        long began = System.nanoTime();
        update(UPDATES);
        LOG.info("{} updates of the bus and of a driver in {} ms",
                UPDATES, (System.nanoTime() - began) / 1_000_000);

        settle();
        assertThat(loaders).hasSize(UPDATES * BUNDLES.size());
        Waiting.until(() -> "still there: " + alive(), () -> {
            System.gc();
            return alive().isEmpty();
        });
        Waiting.until(() -> "more than before: " + Resources.now(table).minus(before),
                () -> Resources.now(table).minus(before).isEmpty());
    }

    /**
     * Updates the bus and one of its drivers {@code times} times while their ports forward. The
     * devices come back by themselves.
     */
    private void update(int times) throws Exception {
        Bundle bus = Bundles.named("bus.vdev");
        Bundle driver = Bundles.named("net.sim");
        try (Forwarding forwarding = new Forwarding(application, 1)) {
            for (String devargs : DEVICES) {
                application.attach(devargs);
            }
            for (int i = 0; i < times; i++) {
                forwarding.awaitPackets("net_sim0");
                forwarding.awaitPackets("net_null0");
                BUNDLES.forEach(name -> loaders.add(new WeakReference<>(Bundles.named(name)
                        .adapt(BundleWiring.class).getClassLoader())));
                Bundles.update(bus, driver);
            }
            forwarding.awaitPackets("net_sim0");
            forwarding.awaitPackets("net_null0");
        }
    }

    /** Forgets the events, which keep the devices in memory. */
    private void settle() {
        assertThat(application.pool().available()).isEqualTo(application.pool().capacity());
        application.forgetEvents();
    }

    private List<ClassLoader> alive() {
        return loaders.stream().map(WeakReference::get).filter(Objects::nonNull).toList();
    }
}
