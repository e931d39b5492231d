// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Uevent;
import io.hotbus.eal.hotplug.DeviceEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Base of tests of the bus, on a machine with a slot for a NIC. */
@Timeout(300)
abstract class PciTests {
    static final String NIC = "0000:03:00.0";
    static final int BUS_MASTER = 4;
    static final PciAddress BLOCKED = new PciAddress(0, 9, 0, 0);

    @TempDir
    Path temp;
    Machine machine;

    @BeforeEach
    final void open() throws Exception {
        machine = new Machine(temp, Set.of(BLOCKED), sysfs -> { });
    }

    @AfterEach
    final void close() throws Exception {
        machine.close();
    }

    final void assertRefused(String devargs, String message) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> machine.attach(devargs)).withMessage(message);
    }

    final LivePciDevice plugAndAttach(String address) throws DeviceException {
        machine.plugIgbUio(address);
        return machine.attach(address);
    }

    /** Plugs it in. */
    final Uevent addUevent(String address) {
        machine.sysfs.plug(address);
        return machine.pciUevent("add", address);
    }

    /** Sends the uevent, like the kernel, after the function and its children left sysfs. */
    final void unplugAndTell(String address) {
        Uevent removed = machine.pciUevent("remove", address);
        machine.sysfs.unplug(address);
        machine.bus.handleUevent(removed);
    }

    final List<DeviceEvent> removals() throws InterruptedException {
        return machine.platform.eventsUntilNow().stream()
                .filter(event -> event.kind() == DeviceEvent.Kind.REMOVE).toList();
    }
}
