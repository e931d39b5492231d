// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PciTest extends PciTests {
    @ParameterizedTest
    @CsvSource({"0000:03:00.0, true", "03:00.0, true", "pci:03:00.0, true", "pci:net_sim0, true",
            "net_sim0, false", "vdev:0000:03:00.0, false", "10000:00:02.0, true"})
    void shouldClaimAddresses(String devargs, boolean claimed) throws Exception {
        assertThat(machine.bus.claims(Devargs.parse(devargs))).isEqualTo(claimed);
    }

    @Test
    void shouldPreferTheDriverThatSaysMost() throws Exception {
        machine.plugIgbUio(NIC);
        TestDriver precise = new TestDriver("net_precise", PciId.of(1, 2),
                new PciId(0x8086, 0x10d3, 0x8086, 0xa01f, PciId.ANY));
        TestDriver vague = new TestDriver("net_vague",
                new PciId(PciId.ANY, PciId.ANY, PciId.ANY, PciId.ANY, 0x020000));
        machine.bus.addDriver(vague, Map.of());
        machine.bus.addDriver(precise, Map.of());

        machine.bus.detach(machine.attach(NIC));
        machine.bus.removeDriver(precise);
        machine.bus.detach(machine.attach(NIC));
        machine.bus.removeDriver(machine.driver);
        machine.bus.detach(machine.attach(NIC));
        assertThat(precise.calls).hasSize(2);
        assertThat(machine.driver.calls).hasSize(2);
        assertThat(vague.calls).hasSize(2);
    }

    @Test
    void shouldKeepTheDeviceWhileItsDriverIsReplaced() throws Exception {
        FakeUio.Node node = machine.plugIgbUio(NIC);
        LivePciDevice before = machine.attach(NIC + ",key=value");
        machine.bus.removeDriver(machine.driver);
        assertThat(before.state()).isEqualTo(DeviceState.DETACHED);
        Await.until("closed", () -> !node.isOpen());
        assertThat(machine.bus.devices()).hasSize(1).allMatch(d -> d != before);

        machine.bus.addDriver(machine.driver, Map.of());
        Await.until("probed again", () -> machine.bus.devices().stream()
                .anyMatch(d -> d.state() == DeviceState.PROBED));
        assertThat(machine.bus.devices().get(0).devargs()).isEqualTo(before.devargs());
        machine.bus.handleUevent(machine.pciUevent("unbind", NIC));
        assertThat(machine.platform.await(DeviceEvent.Kind.REMOVE).device())
                .contains(machine.bus.devices().get(0));
    }

    @Test
    void shouldCloseWhatAFailedProbeLeaves() throws Exception {
        FakeUio.Node node = machine.plugIgbUio(NIC);
        machine.driver.onProbe = device -> {
            device.setBusMaster(true);
            device.mapBar(0);
            throw new DeviceException("reset did not end");
        };
        assertRefused(NIC, "reset did not end");

        Await.until("closed", () -> !node.isOpen());
        assertThat(Machine.command(machine.sysfs.home(NIC)) & BUS_MASTER).isZero();
        machine.driver.onProbe = device -> { };
        assertThat(machine.attach(NIC).state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldStartOnAMachineWithoutPci() throws Exception {
        try (Machine none = new Machine(Files.createDirectory(temp.resolve("none")), Set.of(),
                sysfs -> delete(sysfs.root().resolve("bus/pci/devices")))) {
            assertThatExceptionOfType(DeviceException.class).isThrownBy(none.bus::functions)
                    .withMessageStartingWith("this machine has no PCI bus: no ");
            assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> none.attach(NIC))
                    .withMessage(NIC + ": is not there (lspci -D)");
        }
    }

    private static void delete(Path directory) {
        assertThat(directory.toFile().delete()).isTrue();
    }

    @Test
    void shouldDetachAllWhenItStops() throws Exception {
        FakeUio.Node node = machine.plugIgbUio(NIC);
        LivePciDevice device = machine.attach(NIC);
        machine.bus.deactivate();
        machine.bus.deactivate();

        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
        Await.until("closed", () -> !node.isOpen());
    }
}
