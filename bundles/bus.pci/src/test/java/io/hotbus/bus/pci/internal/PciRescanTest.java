// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the bus finds in sysfs that no uevent has told of. */
final class PciRescanTest extends PciTests {
    @Test
    void shouldFindAnotherNicInTheSlot() throws Exception {
        LivePciDevice before = plugAndAttach(NIC);
        machine.sysfs.unplug(NIC);
        machine.sysfs.write(machine.sysfs.plug(NIC), "device", "0x1521\n");
        machine.bus.rescan();

        List<DeviceEvent> events = machine.platform.eventsUntilNow();
        assertThat(events).extracting(DeviceEvent::kind)
                .containsExactly(DeviceEvent.Kind.REMOVE, DeviceEvent.Kind.ADD);
        assertThat(events.get(0).device()).contains(before);
        assertThat(events.get(0).cause()).contains(RemovalCause.RESCAN);
        machine.bus.detach(before);
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> machine.attach(NIC))
                .withMessageStartingWith(NIC + ": no driver for 8086:1521");
    }

    @Test
    void shouldFindThatItHasLeftAndReturned() throws Exception {
        LivePciDevice before = plugAndAttach(NIC);
        machine.sysfs.unplug(NIC);
        machine.plugIgbUio(NIC);
        machine.bus.rescan();

        assertThat(before.state()).isEqualTo(DeviceState.REMOVED);
        machine.bus.detach(before);
        LivePciDevice after = machine.attach(NIC);
        machine.bus.rescan();
        assertThat(after.state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldFindThatAnotherDriverHasIt() throws Exception {
        LivePciDevice device = plugAndAttach(NIC);
        machine.bus.rescan();
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        machine.sysfs.bind(NIC, Optional.of("e1000e"));
        machine.bus.rescan();

        assertThat(machine.platform.await(DeviceEvent.Kind.REMOVE).cause())
                .contains(RemovalCause.RESCAN);
        assertThat(device.state()).isEqualTo(DeviceState.REMOVED);
    }

    @Test
    void shouldFindWhatCameAndWentUnnoticed() throws Exception {
        machine.bus.handleUevent(addUevent("0000:05:00.0"));
        machine.sysfs.plug("0000:06:00.0");
        machine.bus.rescan();
        machine.sysfs.unplug("0000:05:00.0");
        machine.bus.rescan();
        machine.bus.rescan();

        assertThat(machine.platform.eventsUntilNow())
                .extracting(event -> event.kind() + " " + event.name()).containsExactly(
                        "ADD 0000:05:00.0", "ADD 0000:06:00.0", "REMOVE 0000:05:00.0");
    }

    @Test
    void shouldKeepQuietAboutBlockedFunctions() throws Exception {
        machine.bus.handleUevent(addUevent("0000:09:00.0"));
        machine.bus.handleUevent(machine.pciUevent("bind", "0000:09:00.0"));
        machine.bus.handleUevent(machine.pciUevent("unbind", "0000:09:00.0"));
        machine.bus.handleUevent(machine.pciUevent("remove", "0000:09:00.0"));
        machine.bus.rescan();
        machine.sysfs.unplug("0000:09:00.0");
        machine.bus.rescan();

        assertThat(machine.platform.eventsUntilNow()).isEmpty();
    }
}
