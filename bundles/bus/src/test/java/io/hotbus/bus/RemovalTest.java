// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusVerdict;
import io.hotbus.eal.io.Mmio;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Devices are pulled out at all times, and that is noticed on another thread. */
@Timeout(300)
final class RemovalTest {
    private final TestCore core = new TestCore();
    private final TestBus bus = new TestBus(core, Duration.ofSeconds(30));
    private final TestDriver driver = bus.install("net");
    private final ExecutorService detector = Executors.newSingleThreadExecutor();

    @AfterEach
    void shouldHaveBeenOrderly() {
        detector.shutdownNow();
        assertThat(bus.complaints).isEmpty();
        assertThat(bus.open).isEmpty();
    }

    private static SigbusFault fault(long address) {
        return new SigbusFault(address, "", 1, 0, 0, 1);
    }

    /** Reports a removal like a detector, which must not wait for a thread inside the device. */
    private void unplug(TestDevice device) {
        try {
            detector.submit(() -> bus.unplug(device.name())).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private TestDevice attachWithWindow(String name) throws DeviceException {
        driver.onProbe = device -> core.map(device, "BAR0");
        return bus.attachDevice(name);
    }

    private void assertPulledOut(String devargs) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> bus.attachDevice(devargs))
                .withMessage(devargs + ": pulled out while being probed");
        assertThat(bus.devices()).isEmpty();
    }

    @Test
    void shouldNotProbeWhatIsPulledOutWhileBeingOpened() {
        bus.onOpen = device -> {
            core.map(device, "BAR0");
            unplug(device);
        };
        assertPulledOut("net0");

        assertThat(core.log).containsExactly("open net0", "removed net0 UEVENT_REMOVE",
                "replaced net0", "released net0 BAR0", "close net0");
    }

    @Test
    void shouldSayThatItWasPulledOutWhenOpenFailsForThat() {
        bus.onOpen = device -> {
            unplug(device);
            throw new DeviceException("net0: ENODEV");
        };

        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> bus.attachDevice("net0"))
                .withMessage("net0: pulled out while being probed")
                .havingCause().withMessage("net0: ENODEV");
        assertThat(driver.calls).isEmpty();
    }

    @Test
    void shouldClaimFaultsFromTheFirstAccessOfProbeOn() {
        driver.onProbe = device -> {
            Mmio bar = core.map(device, "BAR0");
            assertThat(bus.handleSigbus(fault(bar.address() + 8))).isEqualTo(SigbusVerdict.REMOVED);
            core.report(device, RemovalCause.SIGBUS);
            assertThat(device.state()).isEqualTo(DeviceState.REMOVED);
        };
        assertPulledOut("net0");

        assertThat(core.log).containsExactly("open net0", "probe net0", "removed net0 SIGBUS",
                "replaced net0", "remove net0", "released net0 BAR0", "close net0");
    }

    @Test
    void shouldSayThatItWasPulledOutWhenProbeFailsForThat() {
        driver.onProbe = device -> {
            unplug(device);
            throw new DeviceException("net0: reset did not end");
        };

        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> bus.attachDevice("net0"))
                .withMessage("net0: pulled out while being probed")
                .havingCause().withMessage("net0: reset did not end");
        assertThat(driver.calls).containsExactly("probe net0");
    }

    /** A driver that has seen its device go may be unable to clean up after its own probe. */
    @Test
    void shouldCloseWhatIsPulledOutDuringProbeWhateverItsDriverSays() {
        driver.onProbe = device -> {
            core.map(device, "BAR0");
            unplug(device);
        };
        driver.onRemove = device -> {
            throw new IllegalStateException("never set up");
        };
        assertPulledOut("net0");

        assertThat(core.log).endsWith("remove net0", "replaced net0", "close net0");
    }

    @Test
    void shouldSayWhetherAFaultIsOfItsDevices() throws Exception {
        TestDevice device = attachWithWindow("net0");
        TestDevice other = attachWithWindow("net1");
        long address = device.windows().list().get(0).address();
        core.log.clear();

        assertThat(bus.handleSigbus(fault(address))).isEqualTo(SigbusVerdict.REMOVED);
        assertThat(bus.handleSigbus(fault(address + 4))).isEqualTo(SigbusVerdict.REMOVED);
        assertThat(bus.handleSigbus(fault(1))).isEqualTo(SigbusVerdict.NOT_CLAIMED);

        assertThat(core.log).as("what it has done").isEmpty();
        core.report(device, RemovalCause.SIGBUS);
        assertThat(bus.handleSigbus(fault(address))).isEqualTo(SigbusVerdict.REMOVED);
        assertThat(other.state()).isEqualTo(DeviceState.PROBED);
        bus.detach(device);
        assertThat(bus.handleSigbus(fault(address))).isEqualTo(SigbusVerdict.NOT_CLAIMED);
        bus.detach(other);
    }

    @Test
    void shouldNotReportAFaultThatIsNoRemoval() throws Exception {
        TestDevice device = attachWithWindow("net0");
        long address = device.windows().list().get(0).address();
        bus.faultsAreRemovals = false;

        assertThat(bus.handleSigbus(fault(address))).isEqualTo(SigbusVerdict.HANDLED);
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(core.log).doesNotContain("removed net0 SIGBUS");
        bus.detach(device);
    }

    @Test
    void shouldSayThatItsWindowsCouldNotBeReplaced() throws Exception {
        TestDevice device = attachWithWindow("net0");
        core.replaceFails = true;

        core.report(device, RemovalCause.SIGBUS);
        assertThat(core.log).contains("net0: its windows could not be replaced: mmap: ENOMEM");
        bus.detach(device);
        assertThat(bus.devices()).isEmpty();
    }

    @Test
    void shouldReportARemovalOnce() throws Exception {
        TestDevice device = attachWithWindow("net0");
        core.log.clear();
        unplug(device);
        unplug(device);
        core.report(device, RemovalCause.SIGBUS);

        assertThat(core.log).containsExactly("removed net0 UEVENT_REMOVE", "replaced net0");
        assertThat(core.events).as("published where it was reported").isEmpty();
        bus.detach(device);
    }

    @Test
    void shouldTellOfDevicesThatAreNotAttached() {
        bus.unplug("net1");

        assertThat(core.events).extracting(DeviceEvent::kind, DeviceEvent::bus, DeviceEvent::name,
                DeviceEvent::device, DeviceEvent::cause).containsExactly(tuple(
                        DeviceEvent.Kind.REMOVE, "test", "net1", Optional.empty(),
                        Optional.of(RemovalCause.UEVENT_REMOVE)));
    }
}
