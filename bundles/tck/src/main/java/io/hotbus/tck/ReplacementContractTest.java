// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.tck.internal.Bundles;
import io.hotbus.tck.internal.Configured;
import io.hotbus.tck.internal.DeviceContract;
import io.hotbus.tck.internal.PortRun;
import io.hotbus.tck.internal.Removal;
import io.hotbus.tck.internal.Traffic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.osgi.framework.Bundle;

/** Tests that the bundles of a driver and a bus can be restarted while the device is attached. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@ArgumentsSource(Configured.Devices.class)
public final class ReplacementContractTest extends DeviceContract {
    private Bundles bundles;
    private Device device;

    @BeforeEach
    void attach() throws Exception {
        bundles = new Bundles(platform);
        device = testee.attach();
    }

    @Test
    @Contract(of = "Driver", says = "When its service goes, it has let go of its devices; they wait"
            + " on the bus, and are probed again with the same devargs when it returns.")
    void shouldWaitForItsDriver() throws Exception {
        boolean hasPort = testee.port().isPresent();

        bundles.without(bundles.ofDriver(testee), () -> {
            assertLetGo();
            assertThat(testee.onBus()).as("the device on the bus").isPresent();
            assertThat(testee.onBus().orElseThrow().state()).isEqualTo(DeviceState.FOUND);
        });

        assertComesBack();
        assertThat(testee.port().isPresent()).as("whether it has its port").isEqualTo(hasPort);
    }

    private void assertLetGo() {
        assertThat(device.state()).as("state of the object there was")
                .isEqualTo(DeviceState.DETACHED);
        assertThat(testee.port()).as("its port").isEmpty();
        assertThat(device.windows().list()).as("windows").isEmpty();
        testee.awaitUnmapped();
    }

    private void assertComesBack() {
        Device again = testee.awaitProbed();
        assertThat(again).as("the device now").isNotSameAs(device);
        assertThat(again.devargs()).as("its devargs").isEqualTo(device.devargs());
    }

    @Test
    @Contract(of = "Driver", says = "When its service goes while its port is in use, no burst fails"
            + " and no buffer is lost.")
    void shouldLetGoOfAPortInUseWithItsDriver() throws Exception {
        Bundle driver = bundles.ofDriver(testee);
        try (PortRun run = PortRun.started(platform, testee.requirePort());
                Traffic traffic = run.traffic().awaitRounds(100)) {
            bundles.without(driver, () -> assertThat(run.missing())
                    .as("buffers missing from the pool").isZero());
        }
        assertComesBack();
    }

    @Test
    @Contract(of = "Bus", says = "When its service goes, its devices are detached and their windows"
            + " unmapped; when it returns it is told to expect them, and they are attached again"
            + " with the same devargs.")
    void shouldGoAndReturnWithItsBus() throws Exception {
        bundles.without(bundles.ofBus(device.busName()), () -> {
            assertLetGo();
            assertThat(testee.isListed()).as("whether it is on a bus").isFalse();
        });
        assertComesBack();
    }

    @Test
    @Contract(of = "Bus", says = "When its service goes while a port is in use, no burst fails and"
            + " no buffer is lost.")
    void shouldLetGoOfAPortInUseWithItsBus() throws Exception {
        Bundle bus = bundles.ofBus(device.busName());
        try (PortRun run = PortRun.started(platform, testee.requirePort());
                Traffic traffic = run.traffic().awaitRounds(100)) {
            bundles.without(bus, () -> assertThat(run.missing())
                    .as("buffers missing from the pool").isZero());
        }
        assertComesBack();
    }

    @Test
    @Contract(of = "Bus", says = "When its service goes, devices that were pulled out and are not"
            + " detached yet go with it.")
    void shouldForgetAGoneDeviceWithItsBus() throws Exception {
        testee.remove(Removal.REPORTED);
        testee.awaitRemoved();
        bundles.without(bundles.ofBus(device.busName()), this::assertLetGo);

        platform.settle();
        assertThat(testee.isListed()).as("whether it is on its bus").isFalse();
        assertThat(testee.attach().state()).isEqualTo(DeviceState.PROBED);
    }
}
