// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.internal.sysfs.FakeKernel;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** How the bus gets at a function. */
final class PciAttachTest extends PciTests {
    private static final PciAddress ADDRESS = new PciAddress(0, 3, 0, 0);
    private static final int INTERRUPT_DISABLE = 0x400;

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
    void shouldTellWhatAFunctionLacksWithoutAttachingIt() throws Exception {
        assertThat(lack(",bind=ixgbe")).hasValueSatisfying(
                text -> assertThat(text).contains("bind=ixgbe: one of igb_uio"));
        assertThat(lack(",bind=none,key=x")).as("the function may come later").isEmpty();
        machine.plugIgbUio(NIC);
        assertThat(lack(",key=x")).isEmpty();
        assertThat(lack(",kye=x")).contains(
                NIC + ": unknown devarg 'kye' (known: bind, key)");
        assertThat(machine.driver.calls).isEmpty();
        assertThat(machine.bus.devices()).isEmpty();
    }

    private Optional<String> lack(String devargs) throws DeviceException {
        return machine.bus.lacks(Devargs.parse(NIC + devargs));
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
        assertRefused("09:00.0", "0000:09:00.0: is blocked (block of io.hotbus.devices)");
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
                .withMessage("0000:09:00.0: is blocked (block of io.hotbus.devices)");
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
}
