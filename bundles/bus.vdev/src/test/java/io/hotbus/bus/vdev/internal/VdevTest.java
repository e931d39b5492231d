// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusVerdict;
import io.hotbus.eal.io.Mmio;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
final class VdevTest {
    private final TestCore core = new TestCore();
    private final Vdev bus = new Vdev(core, core, core, core);
    private final TestDriver driver = new TestDriver("net_test");

    @BeforeEach
    void install() {
        core.handler = bus;
        bus.addDriver(driver, Map.of());
    }

    private VdevDevice attach(String devargs) throws DeviceException {
        return (VdevDevice) bus.attach(Devargs.parse(devargs));
    }

    private void assertRefused(String devargs, String message) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> attach(devargs))
                .withMessage(message);
    }

    private static SigbusFault fault(long address) {
        return new SigbusFault(address, "", 1, 0, 0, 1);
    }

    @Test
    void shouldAttach() throws Exception {
        driver.onProbe = device -> assertThat(device.state()).isEqualTo(DeviceState.PROBING);
        Device device = attach("net_test0,key=value");

        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(device.devargs()).isEqualTo(Devargs.parse("net_test0,key=value"));
        assertThat(device.busName()).isEqualTo("vdev").isEqualTo(bus.name());
        assertThat(bus.devices()).containsExactly((VdevDevice) device);
        assertThat(driver.calls).containsExactly("probe net_test0");
    }

    @ParameterizedTest
    @CsvSource({"net_test0, true", "vdev:net_test0, true", "vdev:whatever, true", "net_foo0, true",
            "acme7, true", "pci:net_test0, false", "0000:03:00.0, false", "net_test, false",
            "acme, false", "other7, false"})
    void shouldClaimItsOwn(String devargs, boolean claimed) throws Exception {
        bus.addDriver(new TestDriver("acme"), Map.of());

        assertThat(bus.claims(Devargs.parse(devargs))).isEqualTo(claimed);
    }

    @Test
    void shouldSayWhyItCannotAttach() throws Exception {
        assertRefused("net_foo0", "net_foo0: no vdev driver 'net_foo' (installed: net_test)");
        assertRefused("vdev:net_test",
                "net_test: a number is missing at the end of the name (net_test0)");
        attach("net_test0");
        assertRefused("net_test0,key=other", "net_test0: is attached already");
        bus.removeDriver(driver);
        assertRefused("net_test1", "net_test1: no vdev driver 'net_test' (installed: none)");
        assertThat(bus.devices()).hasSize(1);
    }

    @Test
    void shouldForgetADeviceWhoseProbeFails() throws Exception {
        driver.onProbe = device -> {
            core.map(device, "BAR0");
            throw new DeviceException("net_test0: no memory");
        };
        assertRefused("net_test0", "net_test0: no memory");
        driver.onProbe = device -> {
            throw new IllegalStateException("a bug");
        };
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> attach("net_test0"))
                .withMessage("net_test0: probe failed: java.lang.IllegalStateException: a bug")
                .withCauseInstanceOf(IllegalStateException.class);

        assertThat(core.log).containsExactly("released net_test0 BAR0");
        assertThat(bus.devices()).isEmpty();
        driver.onProbe = device -> { };
        assertThat(attach("net_test0").state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldDetachOnce() throws Exception {
        driver.onProbe = device -> core.map(device, "BAR0");
        VdevDevice device = attach("net_test0");
        bus.detach(device);
        bus.detach(device);

        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
        assertThat(driver.calls).containsExactly("probe net_test0", "remove net_test0");
        assertThat(core.log).as("left by the driver").containsExactly("released net_test0 BAR0");
        assertThat(bus.devices()).isEmpty();
    }

    @Test
    void shouldNotTakeTheNextDeviceForTheOneThatWas() throws Exception {
        VdevDevice first = attach("net_test0");
        bus.detach(first);
        VdevDevice second = attach("net_test0");
        bus.detach(first);

        assertThat(second).isNotSameAs(first);
        assertThat(bus.devices()).containsExactly(second);
        assertThat(second.state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldRefuseDevicesOfOtherBuses() throws Exception {
        Device other = new Device("pci", Devargs.parse("net_test0")) { };

        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> bus.detach(other))
                .withMessage("net_test0: is not a device of the vdev bus");
    }

    @Test
    void shouldKeepADeviceItsDriverDoesNotLetGoOf() throws Exception {
        driver.onProbe = device -> core.map(device, "BAR0");
        VdevDevice device = attach("net_test0");
        driver.onRemove = d -> {
            throw new DeviceException("a queue is busy");
        };
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> bus.detach(device))
                .withMessage("net_test0: driver net_test could not let go of it: a queue is busy;"
                        + " detach it again");
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(device.windows().list()).hasSize(1);

        driver.onRemove = d -> { };
        bus.detach(device);
        assertThat(bus.devices()).isEmpty();
    }

    @Test
    void shouldRefuseADriverThatDetachesFromWithin() throws Exception {
        driver.onProbe = bus::detach;

        assertRefused("net_test0",
                "net_test0: its driver may not attach or detach it while it is being called");
        assertThat(bus.devices()).isEmpty();
    }

    @Test
    void shouldClaimFaultsFromTheFirstAccessOfProbeOn() throws Exception {
        driver.onProbe = device -> {
            Mmio bar = core.map(device, "BAR0");
            assertThat(bus.handleSigbus(fault(bar.address() + 8))).isEqualTo(SigbusVerdict.HANDLED);
            assertThat(device.state()).isEqualTo(DeviceState.REMOVED);
        };

        assertRefused("net_test0", "net_test0: pulled out while being probed");
        assertThat(core.log).containsExactly("removed net_test0 SIGBUS", "replaced net_test0",
                "released net_test0 BAR0");
        assertThat(driver.calls).containsExactly("probe net_test0", "remove net_test0");
        assertThat(bus.devices()).isEmpty();
    }

    @Test
    void shouldSayThatItWasPulledOutWhenProbeFailsForThat() throws Exception {
        driver.onProbe = device -> {
            bus.unplugged("net_test0");
            throw new DeviceException("net_test0: reset did not end");
        };

        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> attach("net_test0"))
                .withMessage("net_test0: pulled out while being probed")
                .havingCause().withMessage("net_test0: reset did not end");
        assertThat(driver.calls).containsExactly("probe net_test0");
    }

    @Test
    void shouldReportTheDeviceAFaultBelongsTo() throws Exception {
        driver.onProbe = device -> core.map(device, "BAR0");
        VdevDevice device = attach("net_test0");
        VdevDevice other = attach("net_test1");
        long address = device.windows().list().get(0).address();

        assertThat(bus.handleSigbus(fault(address))).isEqualTo(SigbusVerdict.HANDLED);
        assertThat(bus.handleSigbus(fault(address + 4))).isEqualTo(SigbusVerdict.HANDLED);
        assertThat(bus.handleSigbus(fault(1))).isEqualTo(SigbusVerdict.NOT_CLAIMED);

        assertThat(core.log).containsExactly("removed net_test0 SIGBUS", "replaced net_test0");
        assertThat(other.state()).isEqualTo(DeviceState.PROBED);
        bus.detach(device);
        assertThat(bus.handleSigbus(fault(address))).isEqualTo(SigbusVerdict.NOT_CLAIMED);
    }

    @Test
    void shouldSayThatADeviceFailed() throws Exception {
        driver.onProbe = device -> core.map(device, "BAR0");
        VdevDevice device = attach("net_test0");
        long address = device.windows().list().get(0).address();
        core.replaceFails = true;

        assertThat(bus.handleSigbus(fault(address))).isEqualTo(SigbusVerdict.FAILED);
        assertThat(core.log)
                .contains("net_test0: its windows could not be replaced: mmap: ENOMEM");
        bus.detach(device);
        assertThat(bus.devices()).isEmpty();
    }

    @Test
    void shouldPublishWhatTheHardwareSaysOfItself() throws Exception {
        bus.plugged("net_test0");
        attach("net_test0");
        bus.unplugged("net_test0");
        bus.unplugged("net_test1");
        bus.rescan();

        assertThat(core.events).extracting(DeviceEvent::kind, DeviceEvent::bus, DeviceEvent::name)
                .containsExactly(
                        tuple(
                                DeviceEvent.Kind.ADD, "vdev", "net_test0"),
                        tuple(
                                DeviceEvent.Kind.REMOVE, "vdev", "net_test1"));
        assertThat(core.events.get(1).device()).isEmpty();
        assertThat(core.events.get(1).cause()).isEqualTo(Optional.of(RemovalCause.UEVENT_REMOVE));
        assertThat(core.log)
                .containsExactly("removed net_test0 UEVENT_REMOVE", "replaced net_test0");
    }

    @Test
    void shouldDetachAllWhenItGoes() throws Exception {
        attach("net_test0");
        attach("net_test1");
        bus.deactivate();
        bus.deactivate();

        assertThat(bus.devices()).isEmpty();
        assertThat(driver.driven).isEmpty();
        assertRefused("net_test0", "net_test0: the vdev bus is being stopped");
    }
}
