// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.pmd.virtio.VirtioFeature;
import io.hotbus.testkit.Frames;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class VirtioControlTest extends VirtioTests {
    private static final String OWN = " 82 84 0 18 52 86";
    private static final String TABLE_OF_OWN = "1 0 1 0 0 0" + OWN + " 0 0 0 0";

    @Override
    protected void prepare() {
        rig.chip.offered |= VirtioFeature.CTRL_VQ | VirtioFeature.OF_THE_CONTROL_QUEUE;
    }

    private List<String> commands() {
        List<String> all = new ArrayList<>(rig.chip.commands);
        rig.chip.commands.clear();
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayWhichFramesToReceiveAtEachStart(RingKind kind) throws Exception {
        kind.offer(rig.chip);
        Port port = rig.start(pool);
        for (int start = 0; start < 3; start++) {
            assertThat(commands()).containsExactly(
                    "1 1" + OWN, TABLE_OF_OWN, "0 1 0", "0 0 0");
            port.stop();
            port.start();
        }
    }

    @Test
    void shouldFilterAsTold() throws Exception {
        Port port = rig.start(pool);
        commands();

        port.changeRxFilter(filter -> filter.withAddress(new MacAddress(0x0200_0304_0506L))
                .plus(new MacAddress(0x0a0b_0c0d_0e0fL))
                .withGroups(Set.of(new MacAddress(0x0100_5e00_1234L))).withAllMulticast(true));

        assertThat(commands()).containsExactly("1 1 2 0 3 4 5 6",
                "1 0 2 0 0 0 2 0 3 4 5 6 10 11 12 13 14 15 1 0 0 0 1 0 94 0 18 52",
                "0 1 1", "0 0 0");
        port.setPromiscuous(true);
        assertThat(commands()).endsWith("0 0 1");
    }

    @Test
    void shouldFilterVlansFromAStartOn() throws Exception {
        Port port = rig.start(pool);
        assertThat(rig.chip.accepted & VirtioFeature.CTRL_VLAN).isZero();
        assertThatThrownBy(() -> port.changeRxFilter(filter -> filter.withVlans(Set.of(7))))
                .isInstanceOf(DeviceException.class).hasMessageContaining("stop the port");
        port.stop();
        port.changeRxFilter(filter -> filter.withVlans(Set.of(7, 300)));
        commands();

        port.start();

        assertThat(rig.chip.accepted & VirtioFeature.CTRL_VLAN).isNotZero();
        assertThat(commands()).contains("2 0 7 0", "2 0 44 1");
        port.changeRxFilter(filter -> filter.withVlans(Set.of(300, 5)));
        assertThat(commands()).contains("2 0 5 0", "2 1 7 0").doesNotContain("2 0 44 1");
    }

    @Test
    void shouldRefuseWhatTheDeviceRefuses() throws Exception {
        Port port = rig.start(pool);
        rig.chip.answer = 1;

        assertThatThrownBy(() -> port.setPromiscuous(true)).isInstanceOf(DeviceException.class)
                .hasMessageContaining("the device has refused that");
        rig.chip.answer = 0;
        port.setPromiscuous(true);
    }

    @Test
    void shouldNotWaitForEverForAnAnswer() throws Exception {
        beginWithResetLimit(1000);
        rig.chip.offered |= VirtioFeature.CTRL_VQ | VirtioFeature.CTRL_RX;
        Port port = rig.start(pool);
        rig.chip.answer = null;

        assertThatThrownBy(() -> port.setPromiscuous(true)).isInstanceOf(DeviceException.class)
                .hasMessageContaining("no answer within 1000 ms");
        assertThatThrownBy(() -> port.setPromiscuous(true)).isInstanceOf(DeviceException.class)
                .hasMessageContaining("does not work");
        rig.chip.answer = 0;
        port.stop();
        port.start();
        port.setPromiscuous(true);
    }

    @Test
    void shouldNotWaitForADeviceThatIsGone() throws Exception {
        Port port = rig.start(pool);
        rig.chip.answer = null;
        pullOut(FakeVirtioNet.Vanished.ALL_ONES);

        long start = System.nanoTime();
        assertThatThrownBy(() -> port.setPromiscuous(true)).isInstanceOf(DeviceException.class);
        assertThat(System.nanoTime() - start).isLessThan(Rig.RESET_LIMIT * 1_000_000L / 2);
        assertThat(Rig.eventually(port::isRemoved)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"SPLIT", "PACKED"})
    void shouldHaveSeveralQueues(RingKind kind) throws Exception {
        kind.offer(rig.chip);
        rig.chip.queues = 9;
        rig.chip.resetByOthers();
        rig.attach();
        Port port = rig.port();
        assertThat(port.info().rx().maxQueues()).isEqualTo(4);
        port.configure(new PortConfig(3, 2, Rig.RING, Rig.RING, pool));
        port.start();

        assertThat(commands()).startsWith("4 0 3 0");
        for (int queue = 0; queue < 2; queue++) {
            int sent = Frames.send(port, queue, pool, 100L * queue, 32);
            Frames.receiveAll(port, queue, pool, 100L * queue, 100L * queue + sent);
        }
        assertThatThrownBy(() -> {
            port.stop();
            port.configure(new PortConfig(1, 2, Rig.RING, Rig.RING, pool));
        }).isInstanceOf(DeviceException.class).hasMessageContaining("come in pairs");
    }

    @Test
    void shouldTellOfAMoveAndAcknowledgeIt() throws Exception {
        rig.start(pool);
        commands();
        for (int round = 1; round <= 2; round++) {
            int times = round;
            rig.chip.announce = true;
            assertThat(Rig.eventually(() -> rig.chip.commands.size() == times)).isTrue();
            assertThat(rig.chip.commands).containsOnly("3 0");
            assertThat(Rig.eventually(() -> rig.linkChanges.size() >= times)).isTrue();
        }
        rig.port().setPromiscuous(true);
    }
}
