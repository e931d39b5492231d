// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.PciId;
import io.hotbus.bus.pci.internal.access.ConfigSnapshot;
import io.hotbus.bus.pci.internal.access.PciAccess;
import io.hotbus.bus.pci.internal.sysfs.FoundFunction;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusVerdict;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPlatform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memory that faults really, of a device that is still there, as it does on vfio. */
@Timeout(300)
final class TransientMemoryTest {
    private static final int SIZE = 8192;
    private static final int ALL_ONES = -1;
    private static final int COMMAND = 4;

    /** A device with two BARs, whose memory can be turned off. */
    private static final class FakeAccess implements PciAccess {
        final Linux linux = TestOs.linux();
        final int[] memory = {linux.memfd("BAR0", SIZE), linux.memfd("BAR1", SIZE)};
        volatile boolean present = true;
        volatile int command = 2;
        volatile int renewed;

        FakeAccess() throws LinuxException {
        }

        void turnOff() throws LinuxException {
            command = 0;
            for (int fd : memory) {
                linux.truncate(fd, 0);
            }
        }

        void turnOn(int value) throws LinuxException {
            for (int fd : memory) {
                linux.truncate(fd, SIZE);
                linux.write(fd, ByteBuffer.allocate(4).order(ByteOrder.nativeOrder())
                        .putInt(0, value), 8);
            }
            command = 2;
        }

        @Override
        public Region region(Bar bar) {
            return new Region(memory[bar.index()], 0);
        }

        @Override
        public int readConfig(int offset, int bytes) throws LinuxException {
            if (!present) {
                throw new LinuxException("pread", Errno.ENODEV, "ENODEV");
            }
            return offset == COMMAND ? command : 0x10d3_8086;
        }

        @Override
        public void writeConfig(int offset, int bytes, int value) {
        }

        @Override
        public void enableInterrupt() {
        }

        @Override
        public void renewInterrupt() {
            renewed++;
        }

        @Override
        public void rearmInterrupt() {
        }

        @Override
        public void disableInterrupt() {
        }

        @Override
        public void requireReachable(DmaMemory dma) {
        }

        @Override
        public boolean mayFaultWhilePresent() {
            return true;
        }

        @Override
        public void close() {
        }
    }

    private FakeAccess access;
    private TestPlatform platform;
    private LivePciDevice device;
    private Mmio first;
    private Mmio second;

    @BeforeEach
    void open() throws Exception {
        access = new FakeAccess();
        platform = new TestPlatform();
        FoundFunction found = new FoundFunction(new PciFunction(new PciAddress(0, 3, 0, 0),
                PciId.of(0x8086, 0x10d3), -1, Optional.of("vfio-pci"), Optional.empty(),
                List.of(new Bar(0, 0x10000, SIZE, true, false),
                        new Bar(1, 0x20000, SIZE, true, false))), 1, "/devices/nic", false);
        device = new LivePciDevice(Devargs.parse("0000:03:00.0"), found, 0,
                new PciBars(platform.mapper(), TestOs.linux().pageSize()), TestOs.linux());
        device.opened(found, new LivePciDevice.Opened(access, KernelDriver.VFIO_PCI,
                ConfigSnapshot.take(access),
                Optional.of(new TransientFaults(new DeviceFaults(device, platform.hotUnplug()),
                        platform.interrupts(), Duration.ofSeconds(3)))));
        first = device.mapBar(0);
        second = device.mapBar(1);
        platform.use(PciDevice.BUS, fault -> {
            if (device.isRemoval()) {
                platform.hotUnplug().report(device, RemovalCause.SIGBUS);
            }
            return SigbusVerdict.HANDLED;
        }, (removed, cause) -> {
            try {
                platform.mapper().replace(removed.windows());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        platform.mapper().releaseAll(device.windows());
        device.letGo().join();
        platform.close();
        for (int fd : access.memory) {
            access.linux.close(fd);
        }
    }

    @Test
    void shouldBringTheMemoryBack() throws Exception {
        first.write32(0, 7);
        access.turnOff();
        assertThat(first.read32(0)).isEqualTo(ALL_ONES);
        assertThat(second.read32(0)).isEqualTo(ALL_ONES);
        first.write32(0, 8);
        access.turnOn(42);

        Await.until("memory back", () -> first.read32(8) == 42
                && second.read32(8) == 42);
        assertThat(first.read32(0)).isZero();
        assertThat(device.isGone()).isFalse();
        assertThat(platform.eventsUntilNow())
                .noneMatch(event -> event.kind() == DeviceEvent.Kind.REMOVE);
        first.write32(0, 9);
        assertThat(device.mapBar(0).read32(0)).isEqualTo(9);
        assertThat(device.restoreConfig()).contains("its memory was away for a while");
        assertThat(device.restoreConfig()).as("told once").isEmpty();
    }

    @Test
    void shouldRemoveADeviceWhoseMemoryStaysAway() throws Exception {
        access.turnOff();
        assertThat(first.read32(0)).isEqualTo(ALL_ONES);

        DeviceEvent event = platform.await(DeviceEvent.Kind.REMOVE);
        assertThat(event.device()).contains(device);
        assertThat(event.cause()).contains(RemovalCause.SIGBUS);
        access.turnOn(42);
        assertThat(second.read32(8)).as("replaced for good").isEqualTo(ALL_ONES);
    }

    /** AER: a fatal error resets the device. */
    @Test
    void shouldSayThatTheKernelHasReportedAnErrorAndRestoreTheDevice() throws Exception {
        device.failed();

        assertThat(device.isGone()).isFalse();
        assertThat(device.restoreConfig()).contains("the kernel has reported an error of it");
        assertThat(access.renewed).isEqualTo(1);
        assertThat(device.restoreConfig()).as("told once").isEmpty();
    }

    @Test
    void shouldRemoveADeviceThatDoesNotAnswer() throws Exception {
        access.turnOff();
        access.present = false;
        assertThat(first.read32(0)).isEqualTo(ALL_ONES);

        assertThat(platform.await(DeviceEvent.Kind.REMOVE).device()).contains(device);
    }

    @Test
    void shouldNotBringMemoryBackToARemovedDevice() throws Exception {
        access.turnOff();
        assertThat(first.read32(0)).isEqualTo(ALL_ONES);
        platform.hotUnplug().report(device, RemovalCause.VFIO_REQUEST);
        access.turnOn(42);
        device.restoreWindows();

        assertThat(first.read32(8)).isEqualTo(ALL_ONES);
        assertThat(platform.await(DeviceEvent.Kind.REMOVE).cause())
                .contains(RemovalCause.VFIO_REQUEST);
    }
}
