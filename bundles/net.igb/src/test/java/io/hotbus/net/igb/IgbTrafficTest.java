// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.pmd.intel.FilterTables;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.testkit.Frames;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IgbTrafficTest extends IgbTests {
    private static final long RXE = 1L << 31;
    private static final long ROC = 0x40ac;

    @Test
    void shouldPassFramesAndCountThem() throws Exception {
        Port port = rig.start(pool);

        exchange(port, 3000);

        assertThat(port.stats().rxPackets()).isEqualTo(3000);
        assertThat(port.stats().txPackets()).isEqualTo(3000);
        assertThat(port.stats().rxBytes()).isEqualTo(port.stats().txBytes());
    }

    @Test
    void shouldReceiveInChainsWhereBuffersAreSmall() throws Exception {
        Mempool small = rig.pool(1024, 1500);
        Port port = rig.start(small);

        exchange(port, small, 200);

        assertThat(rig.chip.get(0xc00c) & 0x7f).as("SRRCTL.BSIZEPACKET").isEqualTo(1);
    }

    @Test
    void shouldNeedBuffersOfOneKibibyte() throws Exception {
        rig.attach();
        Mempool tiny = rig.pool(1024, 1000);

        assertThatThrownBy(() -> rig.configure(tiny, Rig.RING)).isInstanceOf(DeviceException.class)
                .hasMessageContaining("have 1000 bytes for data, and 1024 are the least");
    }

    @Test
    void shouldSendAndReceiveLongFrames() throws Exception {
        rig.attach();
        rig.configure(pool, Rig.RING);
        rig.port().setMtu(9216);
        rig.port().start();
        Port port = rig.port();
        for (int length : new int[] {60, 1515, 4096, 9230}) {
            byte[] frame = frame(length);
            assertThat(send(port, packet(frame, 1000))).isEqualTo(1);
            long packet = Rig.receiveOne(port, 0, pool);
            assertThat(bytes(packet)).isEqualTo(frame);
            assertThat(Mbuf.segments(packet)).isEqualTo((length + 2047) / 2048);
            free(packet);
        }
    }

    @Test
    void shouldRefuseWhatTheChipCannotSend() throws Exception {
        Port port = rig.start(pool);

        assertThat(send(port, packet(frame(9231), 2000), packet(frame(60), 60))).isEqualTo(2);

        long packet = Rig.receiveOne(port, 0, pool);
        assertThat(bytes(packet)).isEqualTo(frame(60));
        free(packet);
        assertThat(port.stats().txErrors()).isEqualTo(1);
    }

    @Test
    void shouldDropDamagedFrames() throws Exception {
        Port port = rig.start(pool);
        rig.chip.status = RXE;
        Frames.send(port, pool, 0, 10);
        assertThat(Rig.eventually(() -> {
            Frames.receive(port, 0, pool, 0, BURST);
            return port.stats().rxErrors() == 10;
        })).isTrue();
        rig.chip.status = 0;

        exchange(port, 10);
    }

    @Test
    void shouldCountWithTheRegisters() throws Exception {
        Port port = rig.start(pool);
        rig.chip.set(0x4010, 7); // MPC
        rig.chip.set(ROC, 3);

        assertThat(port.stats().missed()).isEqualTo(7);
        assertThat(port.xstats()).containsKeys("rx_missed", "rx_oversize", "tx_q0_packets");
    }

    @Test
    void shouldFilter() throws Exception {
        Port port = rig.start(pool);
        assertThat(rctl()).isZero();

        port.setPromiscuous(true);
        assertThat(rctl()).isEqualTo(FilterTables.RCTL_UPE | FilterTables.RCTL_MPE);
        port.setPromiscuous(false);
        port.changeRxFilter(filter -> filter.withAllMulticast(true));
        assertThat(rctl()).isEqualTo(FilterTables.RCTL_MPE);
        port.changeRxFilter(filter -> filter.withAllMulticast(false).withVlans(Set.of(5))
                .withGroups(Set.of(new MacAddress(0x01005e0000fbL))));
        assertThat(rctl()).isEqualTo(FilterTables.RCTL_VFE);
        assertThat(rig.chip.get(FilterTables.VFTA)).isEqualTo(1 << 5);
        assertThat(rig.chip.get(FilterTables.MTA + 4 * (0xfb0 >> 5))).isEqualTo(1 << (0xfb0 & 31));
        exchange(port, BURST);
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.resets).isEmpty();
    }

    private int rctl() {
        return rig.chip.get(GigabitRegs.RCTL)
                & (FilterTables.RCTL_UPE | FilterTables.RCTL_MPE | FilterTables.RCTL_VFE);
    }

    @Test
    void shouldHaveSeveralQueues() throws Exception {
        Port port = rig.start(new PortConfig(4, Rig.RING, Rig.RING, pool)
                .withRss(new RssConfig(Set.of(RssHash.IPV4, RssHash.IPV6_TCP), List.of(),
                        List.of())));
        assertThat(rig.chip.get(GigabitRegs.MRQC)).isEqualTo(0x260002);
        assertThat(rig.chip.get(0x5c00)).isEqualTo(0x03020100);
        for (int queue = 0; queue < 4; queue++) {
            rig.chip.receiver = queue;
            assertThat(Frames.send(port, 3 - queue, pool, 0, BURST)).isEqualTo(BURST);
            Frames.receiveAll(port, queue, pool, 0, BURST);
        }
    }
}
