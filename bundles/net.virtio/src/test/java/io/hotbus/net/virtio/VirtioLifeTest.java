// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.pmd.virtio.VirtioFeature;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.NicModel.Vanished;
import io.hotbus.testkit.pci.NicLifeTests;
import io.hotbus.testkit.pci.TestFunction;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VirtioLifeTest extends NicLifeTests<Rig> {
    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @Override
    protected void assertStopped() {
        assertThat(rig.chip.get(VirtioRegs.DEVICE_STATUS) & 0xff).isZero();
    }

    @Test
    void shouldDriveModernAndTransitionalDevices() {
        assertThat(rig.driver.name()).isEqualTo("net_virtio");
        for (int device : new int[] {0x1041, 0x1000}) {
            assertThat(rig.driver.ids()).anyMatch(id -> id.matches(
                    new PciId(0x1af4, device, 0x1af4, 1, 0x020000)));
        }
    }

    @Test
    void shouldReadWhatTheDeviceIs() throws Exception {
        rig.attach();

        EthDevInfo info = rig.port().info();
        assertThat(info.macAddress()).hasToString("52:54:00:12:34:56");
        assertThat(info.rx().maxDescriptors()).isEqualTo(FakeVirtioNet.MAX_SIZE);
        assertThat(info.mtu()).isEqualTo(1500);
        assertThat(info.maxMtu()).isEqualTo(9710);
        assertThat(rig.port().link()).isEqualTo(new Link(true, 10_000, true));
        assertThat(rig.chip.busMaster).isFalse();
    }

    @Test
    void shouldReadMtuAndSpeedWhereTheDeviceHasThem() throws Exception {
        rig.chip.offered |= VirtioFeature.MTU | VirtioFeature.SPEED_DUPLEX;
        rig.chip.mtu = 4000;
        rig.chip.resetByOthers();
        rig.attach();

        assertThat(rig.port().info().maxMtu()).isEqualTo(4000);
        assertThat(rig.port().info().mtu()).isEqualTo(4000);
        assertThat(rig.port().link()).isEqualTo(new Link(true, 25_000, true));
    }

    @Test
    void shouldNotPromiseLongFramesWithoutMergeableBuffers() throws Exception {
        rig.chip.offered &= ~VirtioFeature.MRG_RXBUF;
        rig.attach();

        assertThat(rig.port().info().maxMtu()).isEqualTo(1500);
    }

    @Test
    void shouldMakeUpAnAddressThatStaysTheSame() throws Exception {
        rig.chip.offered &= ~VirtioFeature.MAC;
        rig.attach();
        String first = rig.port().info().macAddress().toString();
        rig.detachAll();
        rig.attach();

        assertThat(rig.port().info().macAddress()).hasToString(first);
        assertThat(first).startsWith("02:00:F1:");
    }

    @Test
    void shouldRefuseADeviceWithoutAModernInterface() throws Exception {
        TestFunction function = rig.function();
        function.config.put(0x34, (byte) 0);
        assertProbeFails(function, "legacy interface alone");
        assertProbeFails(function, "disable-legacy=on");

        function.config.putShort(0x06, (short) 0);
        assertProbeFails(function, "disable-modern=off");
    }

    @Test
    void shouldNotFollowALoopOfCapabilities() throws Exception {
        TestFunction function = rig.function();
        function.config.put(VirtioFunction.NOTIFY + 1, (byte) VirtioFunction.COMMON);

        assertProbeFails(function, "no ISR status structure");
    }

    @ParameterizedTest
    @ValueSource(ints = {VirtioFunction.COMMON, VirtioFunction.NOTIFY, VirtioFunction.ISR,
            VirtioFunction.NET})
    void shouldCheckTheBoundsOfEachStructure(int capability) throws Exception {
        TestFunction function = rig.function();
        int offset = function.config.getInt(capability + VirtioRegs.CAP_OFFSET);

        function.config.putInt(capability + VirtioRegs.CAP_OFFSET, 0x3001);
        assertProbeFails(function, "is not right");
        function.config.putInt(capability + VirtioRegs.CAP_OFFSET, -4);
        assertProbeFails(function, "is not right");
        function.config.putInt(capability + VirtioRegs.CAP_OFFSET, offset);
        function.config.putInt(capability + VirtioRegs.CAP_SIZE, 0);
        assertProbeFails(function, "is not right");
        function.config.putInt(capability + VirtioRegs.CAP_SIZE, 0x1000);
        function.config.put(capability + VirtioRegs.CAP_BAR, (byte) 7);
        assertProbeFails(function, "in a memory BAR");
    }

    @Test
    void shouldCheckTheBoundsOfADoorbell() throws Exception {
        rig.chip.notifyOff = 2000;
        rig.chip.resetByOthers();
        rig.attach();

        assertThatThrownBy(() -> rig.configure(rig.pool(1024), Rig.RING).start())
                .isInstanceOf(DeviceException.class).hasMessageContaining("doorbell of queue 0");
        assertThat(rig.chip.busMaster).isFalse();
    }

    @Test
    void shouldNeedVersion1() throws Exception {
        rig.chip.offered &= ~VirtioFeature.VERSION_1;

        assertProbeFails(rig.function(), "VIRTIO_F_VERSION_1");
    }

    @Test
    void shouldNeedLongEnoughQueues() throws Exception {
        rig.chip.maxSize = 32;
        rig.chip.resetByOthers();

        assertProbeFails(rig.function(), "have 32 descriptors, and 64 are needed");
    }

    /** As QEMU's are, while applications ask for 512. */
    @Test
    void shouldDoWithShorterQueuesThanAnApplicationAsksFor() throws Exception {
        rig.chip.maxSize = 256;
        rig.chip.resetByOthers();
        rig.attach();
        assertThat(rig.port().info().rx().maxDescriptors()).isEqualTo(512);

        rig.configure(rig.pool(2048), 512).start();
        assertThat(rig.chip.queueSize(0)).isEqualTo(256);
        assertThat(rig.chip.queueSize(1)).isEqualTo(256);
    }

    @Test
    void shouldNeedAnAddressOfAStation() throws Exception {
        rig.chip.firstMacByte = 0x53;
        rig.chip.resetByOthers();

        assertProbeFails(rig.function(), "53:54:00:12:34:56");
    }

    @Test
    void shouldGiveUpOnAResetThatIsNeverDone() throws Exception {
        beginWithResetLimit(100);
        rig.chip.stuckReset = true;

        assertProbeFails(rig.function(), "is not done after 100 ms");
    }

    @Test
    void shouldSayThatTheDeviceRefusesItsOwnFeatures() throws Exception {
        rig.attach();
        rig.chip.refusesFeatures = true;

        assertThatThrownBy(() -> rig.configure(rig.pool(1024), Rig.RING).start())
                .isInstanceOf(DeviceException.class).hasMessageContaining("does not work with");
    }

    @Test
    void shouldSayThatTheDeviceOffersOtherFeaturesThanBefore() throws Exception {
        rig.attach();
        rig.chip.offered &= ~VirtioFeature.MRG_RXBUF;

        assertThatThrownBy(() -> rig.configure(rig.pool(1024), Rig.RING).start())
                .isInstanceOf(DeviceException.class).hasMessageContaining("detach and attach");
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayThatItIsNotThere(Vanished as) throws Exception {
        TestFunction function = rig.function();
        VirtioCapabilities there = VirtioCapabilities.read(function);
        rig.chip.vanish(as);
        function.offBus = true;
        VirtioTransport transport = new VirtioTransport(
                function, there, Duration.ofSeconds(5), () -> { });

        assertThatThrownBy(transport::begin).isInstanceOf(DeviceException.class)
                .hasMessageContaining("pulled out");
    }

    @Test
    void shouldSayWhereMemoryDecodingIsOff() throws Exception {
        rig.chip.vanish(Vanished.ALL_ONES);

        assertProbeFails(rig.function(), "is memory decoding off?");
    }

    @ParameterizedTest
    @EnumSource
    void shouldNoticeThatItGoesInTheMiddle(Vanished as) throws Exception {
        rig.chip.vanishAs = as;
        rig.chip.vanishAtStatus = VirtioRegs.ACKNOWLEDGE;

        assertProbeFails(rig.function(), "registers do not answer");
    }

    @Test
    void shouldKeepADeviceThatDoesNotResetFromMemory() throws Exception {
        beginWithResetLimit(100);
        Port port = rig.start(pool);
        rig.chip.stuckReset = true;
        Frames.send(port, pool, 0, BURST);

        port.stop();
        assertThat(rig.chip.busMaster).isFalse();
        port.close();

        assertThat(pool.available()).isEqualTo(pool.capacity());
        rig.chip.stuckReset = false;
    }
}
