// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.Uevent;
import io.hotbus.eal.hotplug.DeviceEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which uevents tell of the removal of which devices. */
final class PciUnbindTest extends PciTests {
    /** Sent by a driver that we took it from ourselves, before it was opened. */
    @Test
    void shouldNotTakeOurOwnUnbindForARemoval() throws Exception {
        machine.plugIgbUio(NIC);
        Uevent unbind = machine.pciUevent("unbind", NIC);
        Uevent uio = machine.uioUevent("remove", NIC);
        LivePciDevice device = machine.attach(NIC);
        machine.bus.handleUevent(unbind);
        machine.bus.handleUevent(uio);

        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(machine.platform.eventsUntilNow()).as("no news, either").isEmpty();
    }

    @Test
    void shouldNotTellOfWhatWasDoneInOrderToAttach() throws Exception {
        machine.plugIgbUio(NIC);
        Uevent early = machine.pciUevent("bind", NIC);
        machine.driver.onProbe = device -> machine.bus.handleUevent(early);
        LivePciDevice device = machine.attach(NIC);
        machine.bus.handleUevent(early);
        assertThat(machine.platform.eventsUntilNow()).isEmpty();

        machine.bus.detach(device);
        machine.bus.handleUevent(early);
        assertThat(machine.platform.eventsUntilNow()).extracting(DeviceEvent::kind)
                .containsExactly(DeviceEvent.Kind.BIND);
    }

    @Test
    void shouldHeedUeventsWithoutANumber() throws Exception {
        LivePciDevice device = plugAndAttach(NIC);
        machine.bus.handleUevent(
                new Uevent("unbind", machine.sysfs.devpath(NIC), "pci", -1, Map.of()));

        assertThat(device.state()).isEqualTo(DeviceState.REMOVED);
    }

    @Test
    void shouldRemoveAllBelowABridge() throws Exception {
        machine.sysfs.plug("0000:00:1c.0");
        machine.sysfs.plug("0000:00:1c.1");
        String bridge = machine.sysfs.devpath("0000:00:1c.0");
        machine.plugIgbUio(NIC, bridge);
        machine.plugIgbUio("0000:05:00.0", bridge + "/0000:03:01.0");
        machine.plugIgbUio("0000:06:00.0", machine.sysfs.devpath("0000:00:1c.1"));
        LivePciDevice below = machine.attach(NIC);
        LivePciDevice deeper = machine.attach("0000:05:00.0");
        LivePciDevice elsewhere = machine.attach("0000:06:00.0");
        unplugAndTell("0000:00:1c.0");

        assertThat(below.state()).isEqualTo(DeviceState.REMOVED);
        assertThat(deeper.state()).isEqualTo(DeviceState.REMOVED);
        assertThat(elsewhere.state()).isEqualTo(DeviceState.PROBED);
        assertThat(removals()).extracting(DeviceEvent::name)
                .containsExactlyInAnyOrder("0000:00:1c.0", NIC, "0000:05:00.0");
    }

    /** The port's driver lets go of it between the two that are told of the device. */
    @Test
    void shouldRemoveOnceWhatIsBelowARootPortThatGoes() throws Exception {
        String port = "0000:00:1c.0";
        machine.sysfs.plug(port);
        machine.plugIgbUio(NIC, machine.sysfs.devpath(port));
        LivePciDevice device = machine.attach(NIC);
        for (String let : List.of(NIC, port)) {
            machine.bus.handleUevent(machine.pciUevent("unbind", let));
            assertThat(device.state()).isEqualTo(DeviceState.REMOVED);
        }
        unplugAndTell(NIC);
        unplugAndTell(port);

        assertThat(removals()).extracting(DeviceEvent::name).containsExactly(NIC, port);
    }

    @Test
    void shouldRemoveTheVirtualFunctionsOfAPhysicalOne() throws Exception {
        machine.sysfs.plug(NIC);
        for (String virtual : List.of("0000:03:10.0", "0000:03:10.2")) {
            machine.plugIgbUio(virtual);
            machine.sysfs.physical(virtual, NIC);
        }
        LivePciDevice first = machine.attach("0000:03:10.0");
        LivePciDevice second = machine.attach("0000:03:10.2");
        LivePciDevice other = plugAndAttach("0000:04:00.0");
        machine.bus.handleUevent(machine.pciUevent("unbind", NIC));
        assertThat(first.state()).as("its driver may leave them").isEqualTo(DeviceState.PROBED);
        machine.sysfs.unplug(first.name());
        machine.sysfs.unplug(second.name());
        unplugAndTell(NIC);

        assertThat(first.state()).isEqualTo(DeviceState.REMOVED);
        assertThat(second.state()).isEqualTo(DeviceState.REMOVED);
        assertThat(other.state()).isEqualTo(DeviceState.PROBED);
        assertThat(removals()).extracting(DeviceEvent::device).containsExactlyInAnyOrder(
                Optional.empty(), Optional.of(first), Optional.of(second));
    }

    @Test
    void shouldLeaveADeviceThatWaitsForADriverAlone() throws Exception {
        LivePciDevice device = plugAndAttach(NIC);
        machine.bus.removeDriver(machine.driver);
        machine.bus.handleUevent(machine.pciUevent("unbind", NIC));
        machine.sysfs.bind(NIC, Optional.empty());
        machine.bus.rescan();
        assertThat(removals()).isEmpty();
        unplugAndTell(NIC);

        assertThat(removals()).hasSize(1);
        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
    }
}
