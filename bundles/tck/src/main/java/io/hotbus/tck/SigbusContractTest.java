// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvent.Kind;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.hotplug.SigbusVerdict;
import io.hotbus.eal.io.Mmio;
import io.hotbus.tck.internal.Configured;
import io.hotbus.tck.internal.DeviceContract;
import io.hotbus.tck.internal.Faults;
import io.hotbus.tck.internal.Removal;
import io.hotbus.tck.internal.WindowMemory;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** Tests a device whose memory goes: the next access to each of its windows raises SIGBUS. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@ArgumentsSource(Configured.Devices.class)
public final class SigbusContractTest extends DeviceContract {
    private static final int ROUNDS = 10;

    private Device device;

    @BeforeEach
    void attach() throws Exception {
        device = testee.attach();
        testee.require(Removal.FAULT);
    }

    @Test
    @Contract(of = "MmioMapper.map", says = "Even the first access after the removal is repaired:"
            + " in each window it reads as its fill, and FAULT and REMOVE are told.")
    void shouldRepairTheFirstAccessInEachWindow() throws Exception {
        for (int i = 0; i < testee.windows().size(); i++) {
            testee.takeMemory(device);
            Mmio window = device.windows().list().get(i);

            assertThat(window.read64(0)).as("%s", window).isIn(-1L, 0L);

            SigbusFault fault = testee.await(Kind.FAULT).fault().orElseThrow();
            assertThat(fault.address()).as("address of the fault").isEqualTo(window.address());
            DeviceEvent removed = testee.awaitRemoved();
            assertThat(removed.cause()).as("cause").contains(RemovalCause.SIGBUS);
            assertThat(device.state()).isEqualTo(DeviceState.REMOVED);
            testee.giveUp();
            device = testee.attach();
        }
    }

    @Test
    @Contract(of = "SigbusHandler", says = "Claims the addresses in the windows of its bus's"
            + " devices, from the first byte to the last. It only says so: core reports the"
            + " removal.")
    void shouldClaimItsWindows() throws Exception {
        SigbusHandler handler = handler();
        for (WindowMemory memory : testee.windows()) {
            Mmio window = memory.window();
            long last = window.address() + window.length() - 1;
            assertThat(handler.handleSigbus(Faults.at(window.address()))).as("first byte of %s",
                    window).isIn(SigbusVerdict.REMOVED, SigbusVerdict.HANDLED);
            assertThat(handler.handleSigbus(Faults.at(last))).as("last byte of %s", window)
                    .isIn(SigbusVerdict.REMOVED, SigbusVerdict.HANDLED);
        }
        platform.settle();
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(platform.events(Kind.REMOVE, device)).as("REMOVE events").isEmpty();
    }

    /** The handler in the bundle of the bus that claims the first window of the device. */
    private SigbusHandler handler() {
        List<SigbusHandler> ours = platform.besideBus(device.busName(), SigbusHandler.class);
        assertThat(ours).as("SigbusHandlers in the bundle of the bus '%s', whose devices have"
                + " windows", device.busName()).isNotEmpty();
        SigbusFault first = Faults.at(testee.windows().get(0).window().address());
        return ours.stream().filter(h -> h.handleSigbus(first) != SigbusVerdict.NOT_CLAIMED)
                .findFirst().orElseThrow(() -> new AssertionError("none of " + ours
                        + " claims " + first));
    }

    @Test
    @Contract(of = "SigbusHandler", says = "Says NOT_CLAIMED of an address that is not of a device"
            + " of its own.")
    void shouldNotClaimWhatIsOutsideItsWindows() {
        Set<Long> outside = new TreeSet<>(Faults.FOREIGN);
        for (WindowMemory memory : testee.windows()) {
            outside.add(memory.window().address() - 1);
            outside.add(memory.window().address() + memory.window().length());
        }
        outside.removeIf(address -> device.windows().find(address).isPresent());
        for (SigbusHandler each : platform.besideBus(device.busName(), SigbusHandler.class)) {
            for (long address : outside) {
                assertThat(each.handleSigbus(Faults.at(address))).as("%#x", address)
                        .isEqualTo(SigbusVerdict.NOT_CLAIMED);
            }
        }
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    @Contract(of = "SigbusHandler", says = "Claims a further fault in a device that is gone, too;"
            + " it is not told as a removal again.")
    void shouldHandleFurtherFaults() throws Exception {
        testee.remove(Removal.FAULT);
        testee.awaitRemoved();
        SigbusHandler handler = handler();

        for (WindowMemory memory : testee.windows()) {
            assertThat(handler.handleSigbus(Faults.at(memory.window().address())))
                    .as("%s", memory).isIn(SigbusVerdict.REMOVED, SigbusVerdict.HANDLED);
        }

        platform.settle();
        assertThat(platform.events(Kind.REMOVE, device)).as("REMOVE events").hasSize(1);
    }

    @Test
    @Contract(of = "SigbusHandler", says = "Says NOT_CLAIMED of the windows of a device that was"
            + " detached: whatever lies there now is not its own.")
    void shouldNotClaimAfterDetach() throws Exception {
        testee.giveUp();

        for (SigbusHandler each : platform.besideBus(device.busName(), SigbusHandler.class)) {
            for (WindowMemory memory : testee.windows()) {
                assertThat(each.handleSigbus(Faults.at(memory.window().address())))
                        .as("%s", memory).isEqualTo(SigbusVerdict.NOT_CLAIMED);
            }
        }
    }

    @Test
    @Contract(of = "HotUnplug", says = "Fault and uevent in any order: the first one counts. A"
            + " uevent before the first access replaces the windows, so that there is no fault.")
    void shouldTakeAUeventBeforeTheFault() throws Exception {
        testee.takeMemory(device);
        assertThat(testee.report(device)).as("whether the uevent was the first").isTrue();
        assertThat(testee.windows()).as("windows not replaced").noneMatch(WindowMemory::isTaken);
        testee.touch();

        assertGoneOnce(RemovalCause.UEVENT_REMOVE);
        assertThat(platform.events(Kind.FAULT, device)).as("FAULT events").isEmpty();
    }

    @Test
    @Contract(of = "HotUnplug", says = "Fault and uevent in any order: the first one counts. A"
            + " uevent after the fault changes nothing.")
    void shouldTakeAUeventAfterTheFault() throws Exception {
        testee.takeMemory(device);
        testee.touch();
        testee.awaitRemoved();
        assertThat(testee.report(device)).as("whether the uevent was the first").isFalse();

        assertGoneOnce(RemovalCause.SIGBUS);
    }

    @Test
    @Contract(of = "HotUnplug", says = "Fault and uevent in any order, and at once: the first one"
            + " counts.")
    void shouldTakeUeventAndFaultAtOnce() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            testee.takeMemory(device);
            Thread access = new Thread(testee::touch, "tck-access");
            access.start();
            testee.report(device);
            platform.awaiting().end(access);

            assertGoneOnce(testee.awaitRemoved().cause().orElseThrow());
            testee.giveUp();
            device = testee.attach();
        }
    }

    private void assertGoneOnce(RemovalCause cause) throws Exception {
        assertThat(testee.awaitRemoved().cause()).as("cause").contains(cause);
        platform.settle();
        assertThat(platform.events(Kind.REMOVE, device)).as("REMOVE events").hasSize(1);
        assertThat(device.state()).isEqualTo(DeviceState.REMOVED);
        assertThat(testee.windows()).as("windows that still reach the device")
                .noneMatch(WindowMemory::isDevice).noneMatch(WindowMemory::isTaken);
    }
}
