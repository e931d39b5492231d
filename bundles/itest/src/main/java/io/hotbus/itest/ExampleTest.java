// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;

/**
 * Tests the example application, which forwards between net_sim0 and net_sim1. The test uses the
 * other ends of the two wires, net_sim2 and net_sim3, and sends on both.
 */
class ExampleTest {
    private static final String ARGUMENTS = "--vdev\u001fnet_sim0,peer=net_sim2,uevent_ms=1000"
            + "\u001f--vdev\u001fnet_sim1,peer=net_sim3,uevent_ms=1000";

    private final Bundle example = Bundles.named("example.fwd");
    private Application test;

    @BeforeEach
    void start() throws Exception {
        test = new Application();
        System.setProperty("hotbus.command", "fwd");
        System.setProperty("hotbus.args", ARGUMENTS);
        example.stop();
        example.start();
        Waiting.until("the example has not opened its ports",
                () -> isStarted("net_sim0") && isStarted("net_sim1"));
    }

    @AfterEach
    void stop() throws Exception {
        System.clearProperty("hotbus.command");
        System.clearProperty("hotbus.args");
        example.stop();
        example.start(); // idle, as the other tests need it
        test.close();
    }

    private boolean isStarted(String device) {
        return test.service(PortRegistry.class).port(device)
                .filter(port -> port.state() == PortState.STARTED && !port.isRemoved())
                .isPresent();
    }

    private Port port(String device) {
        return test.service(PortRegistry.class).port(device).orElseThrow();
    }

    @Test
    void shouldForwardAgainAfterARemovalWhileTheOtherPortNeverStops() throws Exception {
        RemovalInjector injector = test.service(RemovalInjector.class);
        Port left = test.start("net_sim2");
        Port right = test.start("net_sim3");
        Port stays = port("net_sim1");
        try (Poller poller = new Poller(test, left, right)) {
            poller.awaitPackets(left, 10_000);
            poller.awaitPackets(right, 10_000);

            injector.yank("net_sim0");
            Waiting.until("net_sim0 is not detached", () ->
                    test.service(DeviceManager.class).find("net_sim0").isEmpty());
            long received = stays.stats().rxPackets();
            Waiting.until("the other port has stopped",
                    () -> stays.stats().rxPackets() > received + 10_000);

            injector.plug("net_sim0");
            Waiting.until("net_sim0 is not attached again", () -> isStarted("net_sim0"));
            poller.awaitPackets(left, 10_000);
            poller.awaitPackets(right, 10_000);
        }
        assertThat(port("net_sim1")).isSameAs(stays);
        assertThat(port("net_sim0").device().devargs())
                .hasToString("net_sim0,peer=net_sim2,uevent_ms=1000");
    }

    @Test
    void shouldLetGoOfItsPortsWhenItEnds() throws Exception {
        example.stop();

        assertThat(test.service(DeviceManager.class).devices()).isEmpty();
    }
}
