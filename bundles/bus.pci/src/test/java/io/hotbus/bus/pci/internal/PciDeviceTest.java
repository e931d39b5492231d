// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.IovaMode;
import io.hotbus.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** What the bus gives to a driver. */
final class PciDeviceTest extends PciTests {
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
}
