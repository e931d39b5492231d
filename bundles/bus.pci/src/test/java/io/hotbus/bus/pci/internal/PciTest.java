// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciId;
import io.hotbus.bus.pci.internal.sysfs.FakeKernel;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.IovaMode;
import io.hotbus.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class PciTest {
    private static final String NIC = "0000:03:00.0";
    private static final PciAddress ADDRESS = new PciAddress(0, 3, 0, 0);
    private static final PciAddress BLOCKED = new PciAddress(0, 4, 0, 0);
    private static final int BUS_MASTER = 4;
    private static final int INTERRUPT_DISABLE = 0x400;

    @TempDir
    Path temp;
    private Machine machine;

    @BeforeEach
    void open() throws Exception {
        machine = new Machine(temp, Set.of(BLOCKED), sysfs -> { });
    }

    @AfterEach
    void close() throws Exception {
        machine.close();
    }

    private void assertRefused(String devargs, String message) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> machine.attach(devargs)).withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"0000:03:00.0, true", "03:00.0, true", "pci:03:00.0, true", "pci:net_sim0, true",
            "net_sim0, false", "vdev:0000:03:00.0, false", "10000:00:02.0, true"})
    void shouldClaimAddresses(String devargs, boolean claimed) throws Exception {
        assertThat(machine.bus.claims(Devargs.parse(devargs))).isEqualTo(claimed);
    }

    @Test
    void shouldAttachThroughIgbUio() throws Exception {
        FakeUio.Node node = machine.plugIgbUio(NIC);
        LivePciDevice device = machine.attach("03:00.0,key=value");

        assertThat(device.name()).isEqualTo(NIC);
        assertThat(device.devargs().args()).containsEntry("key", "value");
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(device.kernelDriver()).isEqualTo(KernelDriver.IGB_UIO);
        assertThat(device.function().id()).hasToString("8086:10d3");
        assertThat(Machine.command(machine.sysfs.home(NIC))).isEqualTo(BUS_MASTER | 2);
        assertThat(machine.bar(device).length()).isEqualTo(Machine.BAR_SIZE);
        assertThat(machine.bar(device).name()).isEqualTo(NIC + " BAR0");
        assertThat(device.mapBar(0)).isSameAs(machine.bar(device));
        machine.bar(device).write32(8, 42);
        assertThat(device.mapBar(0).read32(8)).isEqualTo(42);

        machine.bus.detach(device);
        assertThat(machine.driver.calls).containsExactly("probe " + NIC, "remove " + NIC);
        Await.until("closed", () -> !node.isOpen());
        assertThat(Machine.command(machine.sysfs.home(NIC)) & BUS_MASTER).isZero();
        assertThat(device.windows().list()).isEmpty();
        assertThat(machine.attach(NIC).state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldAttachThroughUioPciGeneric() throws Exception {
        machine.sysfs.plug(NIC);
        machine.sysfs.bind(NIC, Optional.of("uio_pci_generic"));
        FakeUio.Node node = machine.uio.add(NIC);
        node.hasControl = false;
        LivePciDevice device = machine.attach(NIC);
        Path home = machine.sysfs.home(NIC);
        BlockingQueue<String> interrupts = new LinkedBlockingQueue<>();

        assertThat(Machine.command(home) & INTERRUPT_DISABLE).isEqualTo(INTERRUPT_DISABLE);
        Lease lease = device.onInterrupt(() -> {
            interrupts.add("interrupt");
            // As the kernel does before it wakes us.
            writeConfig(device, INTERRUPT_DISABLE | 6);
        });
        assertThat(Machine.command(home) & INTERRUPT_DISABLE).isZero();
        node.interrupt();
        assertThat(interrupts.take()).isEqualTo("interrupt");
        Await.until("rearmed",
                () -> (Machine.command(home) & INTERRUPT_DISABLE) == 0);
        lease.close();
        assertThat(Machine.command(home) & INTERRUPT_DISABLE).isEqualTo(INTERRUPT_DISABLE);
        machine.bar(device).write32(0, 0x1234);
        assertThat(Files.readAllBytes(home.resolve("resource0"))).startsWith(0x34, 0x12);
    }

    private static void writeConfig(LivePciDevice device, int command) {
        try {
            device.writeConfig(4, 2, command);
        } catch (DeviceException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldAttachThroughSysfsAlone() throws Exception {
        Path home = machine.sysfs.plug(NIC);
        LivePciDevice device = machine.attach(NIC + ",bind=none");

        assertThat(device.kernelDriver()).isEqualTo(KernelDriver.NONE);
        assertThat(home.resolve("enable")).hasContent("1");
        assertThat(home.resolve("driver_override")).hasContent("none");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> device.onInterrupt(() -> { }))
                .withMessage(NIC + ": has no kernel driver that could tell of its interrupts: "
                        + "poll it, or bind it to igb_uio or vfio-pci");
    }

    @Test
    void shouldLetInterruptsThroughOneAtATime() throws Exception {
        FakeUio.Node node = machine.plugIgbUio(NIC);
        LivePciDevice device = machine.attach(NIC);
        BlockingQueue<String> interrupts = new LinkedBlockingQueue<>();
        Lease lease = device.onInterrupt(() -> interrupts.add("first"));
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> device.onInterrupt(() -> { }))
                .withMessage(NIC + ": has a handler of its interrupt already");
        node.interrupt();
        assertThat(interrupts.take()).isEqualTo("first");
        Await.until("rearmed", () -> node.controls.size() == 3);
        lease.close();
        lease.close();

        assertThat(node.controls).as("held back, enabled, rearmed, disabled")
                .containsExactly(0, 1, 1, 0);
        device.onInterrupt(() -> interrupts.add("second"));
        node.interrupt();
        assertThat(interrupts.take()).isEqualTo("second");
    }

    /** Its file fails all the time then, which is no removal. */
    @Test
    void shouldDoWithoutAnInterrupt() throws Exception {
        FakeUio.Node node = machine.plugIgbUio(NIC);
        node.hasInterrupt = false;
        LivePciDevice device = machine.attach(NIC);

        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> device.onInterrupt(() -> { })).withMessageContaining("poll it");
        assertThat(machine.platform.eventsUntilNow()).isEmpty();
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldBindFirstWhereAskedTo() throws Exception {
        machine.sysfs.plug(NIC);
        machine.sysfs.bind(NIC, Optional.of("e1000e"));
        machine.uio.add(NIC);
        try (FakeKernel kernel = new FakeKernel(machine.sysfs)) {
            LivePciDevice device = machine.attach(NIC + ",bind=igb_uio");
            assertThat(device.kernelDriver()).isEqualTo(KernelDriver.IGB_UIO);
            assertThat(device.function().kernelDriver()).contains("igb_uio");
            assertThat(kernel.calls).startsWith("unbind e1000e " + NIC, "bind igb_uio " + NIC);

            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(() -> machine.bus.bind(ADDRESS, KernelDriver.NONE))
                    .withMessage(NIC + ": is attached; detach it before its kernel driver is "
                            + "changed");
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(() -> machine.bus.unbind(ADDRESS))
                    .withMessageContaining("is attached");
            machine.bus.detach(device);
            machine.bus.bind(ADDRESS, KernelDriver.NONE);
            assertThat(machine.bus.functions().get(0).kernelDriver()).isEmpty();
        }
    }

    @Test
    void shouldSayWhyItCannotAttach() throws Exception {
        assertRefused("pci:nic", "nic: is not a PCI address (0000:03:00.0)");
        assertRefused(NIC, NIC + ": is not there (lspci -D)");
        assertRefused(NIC + ",bind=ixgbe", NIC + ": bind=ixgbe: one of igb_uio, uio_pci_generic, "
                + "vfio-pci, none is needed");
        assertRefused("04:00.0", "0000:04:00.0: is blocked (block of io.hotbus.devices)");
        machine.sysfs.plug(NIC);
        assertRefused(NIC, NIC + ": no kernel driver has it; attach it with bind=vfio-pci "
                + "(or igb_uio, uio_pci_generic, none)");
        machine.sysfs.bind(NIC, Optional.of("e1000e"));
        assertRefused(NIC, NIC + ": the kernel's e1000e drives it; attach it with bind=vfio-pci "
                + "(or igb_uio, uio_pci_generic, none)");
        machine.bus.removeDriver(machine.driver);
        assertRefused(NIC, NIC + ": no driver for 8086:10d3 (class 020000; installed: none)");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> machine.bus.bind(BLOCKED, KernelDriver.NONE))
                .withMessage("0000:04:00.0: is blocked (block of io.hotbus.devices)");
        assertThat(machine.bus.devices()).isEmpty();
    }

    @Test
    void shouldSayThatTheNodeIsMissing() throws Exception {
        FakeUio.Node node = machine.plugIgbUio(NIC);
        Files.delete(temp.resolve("dev").resolve(node.name));

        assertRefused(NIC, "%s: there is no %s (in a container, hand it in: --device %2$s)"
                .formatted(NIC, temp.resolve("dev").resolve(node.name)));
        Await.until("closed", () -> !node.isOpen());
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
    void shouldRefuseBarsThatCannotBeMapped() throws Exception {
        machine.plugIgbUio(NIC);
        machine.sysfs.write(machine.sysfs.home(NIC), "resource", """
                0x00000000febc0000 0x00000000febc3fff 0x0000000000040200
                0x0000000000000000 0x0000000000000fff 0x0000000000040200
                0x000000000000c000 0x000000000000c01f 0x0000000000040101
                0x00000000febd0100 0x00000000febd01ff 0x0000000000040200
                0x00000000febe0000 0x00000000febe0fff 0x0000000000040200
                """);
        LivePciDevice device = machine.attach(NIC);

        assertMapFails(device, 1, NIC + ": has no BAR1, or the kernel has found no room for it "
                + "(lspci -vv, dmesg)");
        assertMapFails(device, 2, NIC + ": BAR2 is no memory, but I/O ports");
        assertMapFails(device, 3, NIC + ": BAR3 starts inside a page; boot with "
                + "pci=resource_alignment=12@" + NIC);
        assertMapFails(device, 4, "igb_uio has no map for BAR4 of " + NIC + " (it has: [BAR0])");
    }

    private static void assertMapFails(LivePciDevice device, int bar, String message) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> device.mapBar(bar))
                .withMessage(message);
    }

    @Test
    void shouldGiveOutPhysicalAddressesAlone() throws Exception {
        machine.plugIgbUio(NIC);
        LivePciDevice device = machine.attach(NIC);
        device.requireReachable(memory(IovaMode.PA));
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> device.requireReachable(memory(IovaMode.VA)))
                .withMessageStartingWith(NIC + ": needs memory at fixed physical addresses: ");
        machine.bus.detach(device);

        Path group = Files.createDirectory(machine.sysfs.home(NIC).resolve("iommu_group"));
        machine.sysfs.write(group, "type", "DMA-FQ\n");
        LivePciDevice translated = machine.attach(NIC);
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> translated.requireReachable(memory(IovaMode.PA)))
                .withMessage(NIC + ": is behind an IOMMU that does not know of our memory: bind it "
                        + "to vfio-pci, or boot with iommu=pt");
    }

    private static DmaMemory memory(IovaMode mode) {
        return new DmaMemory() {
            @Override
            public long address() {
                return 0;
            }

            @Override
            public long length() {
                return 0;
            }

            @Override
            public long iova(long address) {
                return 0;
            }

            @Override
            public IovaMode iovaMode() {
                return mode;
            }

            @Override
            public long pageSize() {
                return 4096;
            }

            @Override
            public void close() {
            }
        };
    }

    @Test
    void shouldReadAndWriteConfigurationSpace() throws Exception {
        machine.plugIgbUio(NIC);
        LivePciDevice device = machine.attach(NIC);

        assertThat(device.readConfig(0, 4)).isEqualTo(0x10d3_8086);
        assertThat(device.readConfig(2, 2)).isEqualTo(0x10d3);
        assertThat(device.readConfig(0, 1)).isEqualTo(0x86);
        device.writeConfig(0x40, 4, 0xcafe_f00d);
        device.writeConfig(0x42, 1, 0x11);
        assertThat(device.readConfig(0x40, 4)).isEqualTo(0xca11_f00d);
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> device.readConfig(4096, 4))
                .withMessageContaining("the file ends before");
        machine.bus.detach(device);
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> device.readConfig(0, 4)).withMessageContaining("closed");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> device.setBusMaster(true));
        device.setBusMaster(false);
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> device.mapBar(2));
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
