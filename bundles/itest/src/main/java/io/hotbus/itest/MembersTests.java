// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import io.hotbus.cli.Shell;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of ports on members have in common: simulated NICs that can be pulled out. */
abstract class MembersTests {
    /** {@code -Dhotbus.test.removals}: how many removals to make under load. */
    static final int REMOVALS = Integer.getInteger("hotbus.test.removals", 20);

    Application test;
    RemovalInjector injector;
    private Lease failureHandling;

    @BeforeEach
    void start() throws Exception {
        test = new Application(8192);
        failureHandling = test.service(FailureHandling.class).enable();
        injector = test.service(RemovalInjector.class);
    }

    @AfterEach
    void stop() throws Exception {
        test.close();
        failureHandling.close();
    }

    /** What a verb says. */
    String verb(String line) throws Exception {
        return test.service(Shell.class).run(List.of(line.split(" ")), Path.of(""));
    }

    /** The port of the device of that name, or null. */
    Port member(String name) {
        return test.service(PortRegistry.class).port(name).orElse(null);
    }

    /** Whether the device is a member that has a link. */
    boolean isUsed(String name) {
        Port port = member(name);
        return port != null && port.link().up() && port.owner().isPresent();
    }

    /** Whether the device is not on its bus. */
    boolean isAway(String name) {
        return test.service(DeviceManager.class).find(name).isEmpty();
    }

    /** Waits until the first two devices are members that have a link. */
    void awaitLinks() {
        Waiting.until("there is no link", () -> isUsed("net_sim0") && isUsed("net_sim1"));
    }
}
