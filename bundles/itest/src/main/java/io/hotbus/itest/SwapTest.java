// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the bundles of a bus and of drivers can be replaced while devices are attached. */
class SwapTest {
    private static final String SIM = "net_sim0,loopback=1,queues=2";
    private static final String NULL = "net_null0,size=128";

    private Application application;
    private Lease failureHandling;

    @BeforeEach
    void start() throws Exception {
        application = new Application();
        failureHandling = application.service(FailureHandling.class).enable();
    }

    @AfterEach
    void stop() throws Exception {
        application.close();
        failureHandling.close();
    }

    private Device device(String name) {
        return application.service(DeviceManager.class).find(name).orElseThrow();
    }

    /** Checks that the device returns with a new port of the same number, which works as before. */
    private void assertReturns(Port before) throws Exception {
        String name = before.name();
        PortRegistry ports = application.service(PortRegistry.class);
        Waiting.until(name + " has a port again",
                () -> ports.port(name).filter(port -> port != before).isPresent());
        Port port = ports.port(name).orElseThrow();
        assertThat(port.id()).isEqualTo(before.id());
        assertThat(port.device().devargs()).isEqualTo(before.device().devargs());
        assertThat(before.state()).isEqualTo(PortState.CLOSED);
        assertThat(before.device().state()).isEqualTo(DeviceState.DETACHED);
        port.configure(new PortConfig(1, 256, 256, application.pool()));
        port.start();
        try (Poller poller = new Poller(application, port)) {
            poller.awaitPackets(1_000);
        }
    }

    @Test
    void shouldBringDevicesBackAfterAnUpdateOfTheirBus() throws Exception {
        Port sim = application.start(SIM);
        Port none = application.start(NULL);
        Bus before = application.service(DeviceManager.class).buses().stream()
                .filter(bus -> bus.name().equals("vdev")).findFirst().orElseThrow();

        Bundles.update(Bundles.named("bus.vdev"));

        assertReturns(sim);
        assertReturns(none);
        assertThat(application.service(DeviceManager.class).buses()).doesNotContain(before);
    }

    /** Uses both orders; net.sim depends on bus.vdev, so only one order makes a bundle wait. */
    @ParameterizedTest
    @ValueSource(strings = {"net.sim bus.vdev", "bus.vdev net.sim"})
    void shouldBringDevicesBackInWhateverOrderBundlesGoAndCome(String order) throws Exception {
        Port sim = application.start(SIM);
        String[] names = order.split(" ");
        Bundles.named(names[0]).stop();
        Bundles.named(names[1]).stop();
        assertThat(application.service(PortRegistry.class).ports()).isEmpty();

        Bundles.named(names[0]).start();
        Bundles.named(names[1]).start();

        assertReturns(sim);
    }

    @Test
    void shouldKeepADeviceWaitingForItsDriver() throws Exception {
        Port sim = application.start(SIM);
        Bundles.named("net.sim").stop();
        assertThat(device("net_sim0").state()).isEqualTo(DeviceState.FOUND);
        assertThat(device("net_sim0").devargs()).hasToString(SIM);

        Bundles.named("net.sim").start();

        assertReturns(sim);
    }

    @Test
    void shouldNotBringBackWhatWasDetachedOrPulledOut() throws Exception {
        Port sim = application.start(SIM);
        Port none = application.start(NULL);
        Device other = application.attach("net_null1");
        application.service(DeviceManager.class).detach(other);
        application.service(RemovalInjector.class).yank("net_sim0");
        application.awaitPort(EthEvent.Kind.INTR_RMV, "net_sim0");
        application.giveUp(sim);

        Bundles.update(Bundles.named("bus.vdev"));

        assertReturns(none);
        assertThat(application.service(DeviceManager.class).devices())
                .extracting(Device::name).containsExactly("net_null0");
    }
}
