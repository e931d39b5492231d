// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.NotSupportedException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.pmd.intel.GigabitOffloads;
import io.hotbus.pmd.intel.GigabitRegs;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IgbOffloadTest extends IgbTests {
    private static final long IPV4_UDP =
            MbufFlags.TX_IPV4 | MbufFlags.TX_IP_CKSUM | MbufFlags.TX_UDP_CKSUM;

    private Port start(Set<RxOffload> rx, Set<TxOffload> tx) throws Exception {
        return rig.start(new PortConfig(1, Rig.RING, Rig.RING, pool).withOffloads(rx, tx));
    }

    private long packet(int length, long flags, int l3, int l4) {
        long packet = packet(frame(length), length);
        Mbuf.setFlags(packet, flags);
        Mbuf.setHeaderLengths(packet, 14, l3, l4);
        return packet;
    }

    /** Sends a packet and waits until it has come back. */
    private void pass(Port port, long packet) {
        assertThat(send(port, packet)).isEqualTo(1);
        free(Rig.receiveOne(port, 0, pool));
    }

    @ParameterizedTest
    @CsvSource({"0x43, 0x4", "0x40000043, 0x8", "0x23, 0x10", "0x20000033, 0x20",
            "0x63, 0x14", "0x67, 0x0", "0x3, 0x0"})
    void shouldTellOfChecksums(String status, String flags) throws Exception {
        Port port = start(Set.of(RxOffload.IPV4_CKSUM, RxOffload.UDP_CKSUM), Set.of());
        rig.chip.status = Long.decode(status);
        assertThat(send(port, packet(frame(100), 100))).isEqualTo(1);

        long packet = Rig.receiveOne(port, 0, pool);

        assertThat(Mbuf.flags(packet)).isEqualTo(Long.decode(flags));
        free(packet);
        assertThat(rig.chip.get(GigabitRegs.RXCSUM))
                .isEqualTo(GigabitRegs.RXCSUM_IPOFLD | GigabitRegs.RXCSUM_TUOFLD);
    }

    @Test
    void shouldTellOfTagsAndHashes() throws Exception {
        Port port = rig.start(new PortConfig(2, Rig.RING, Rig.RING, pool)
                .withOffloads(Set.of(RxOffload.VLAN_STRIP, RxOffload.RSS_HASH), Set.of())
                .withRss(new RssConfig(Set.of(RssHash.IPV4_UDP), List.of(), List.of())));
        assertThat(rig.chip.get(GigabitRegs.CTRL) & GigabitRegs.CTRL_VME).isNotZero();
        rig.chip.status = 0x8 | 0x6123L << 48;
        rig.chip.firstWord = 0x12345678L << 32 | 7;
        assertThat(send(port, packet(frame(100), 100))).isEqualTo(1);

        long packet = Rig.receiveOne(port, 0, pool);

        assertThat(Mbuf.flags(packet))
                .isEqualTo(MbufFlags.RX_VLAN_STRIPPED | MbufFlags.RX_RSS_HASH);
        assertThat(Mbuf.vlanTci(packet)).isEqualTo(0x6123);
        assertThat(Mbuf.hash(packet)).isEqualTo(0x12345678);
        free(packet);
    }

    @Test
    void shouldAskForChecksums() throws Exception {
        Port port = start(Set.of(), Set.of(TxOffload.IPV4_CKSUM, TxOffload.UDP_CKSUM));

        pass(port, packet(100, IPV4_UDP, 20, 8));

        assertThat(rig.chip.queue(0).contextFirst).as("MACLEN, IPLEN").isEqualTo(14 << 9 | 20);
        assertThat(rig.chip.queue(0).contextSecond).as("DEXT, DTYP, IPV4").isEqualTo(0x20200400);
        assertThat(rig.chip.queue(0).request & 0x300_0000_0000L).as("IXSM, TXSM")
                .isEqualTo(0x300_0000_0000L);
        pass(port, packet(100, 0, 0, 0));
        assertThat(rig.chip.queue(0).request & 0x300_0000_0000L).isZero();
    }

    @Test
    void shouldInsertTags() throws Exception {
        Port port = start(Set.of(RxOffload.VLAN_STRIP), GigabitOffloads.TX);
        long packet = packet(100, MbufFlags.TX_VLAN, 0, 0);
        Mbuf.setVlanTci(packet, 0xe042);

        pass(port, packet);

        assertThat(rig.chip.queue(0).contextFirst).isEqualTo(0xe042L << 16 | 14 << 9);
        assertThat(rig.chip.queue(0).request & 1 << 30).as("VLE").isNotZero();
    }

    @Test
    void shouldCutPackets() throws Exception {
        Port port = start(Set.of(RxOffload.VLAN_STRIP), GigabitOffloads.TX);
        long packet = packet(1054, MbufFlags.TX_TCP_SEG | MbufFlags.TX_IPV4, 20, 20);
        Mbuf.setTsoSegmentSize(packet, 500);

        pass(port, packet);

        assertThat(rig.chip.queue(0).contextSecond)
                .as("MSS, L4LEN, TCP").isEqualTo(500L << 48 | 20L << 40 | 0x20200c00);
        assertThat(rig.chip.queue(0).request >>> 46).as("PAYLEN").isEqualTo(1000);
        assertThat(rig.chip.queue(0).request & 1L << 31).as("TSE").isNotZero();
    }

    /** Contexts fall on the descriptors that should report, too. */
    @Test
    void shouldGetEveryBufferBackWhateverTheContexts() throws Exception {
        Port port = start(Set.of(RxOffload.VLAN_STRIP), GigabitOffloads.TX);
        for (int i = 0; i < 5 * Rig.RING; i++) {
            pass(port, packet(100, IPV4_UDP, i % 3 == 0 ? 20 : 24, 8));
        }
        assertThat(pool.capacity() - pool.available()).isLessThanOrEqualTo(2 * Rig.RING);
    }

    @Test
    void shouldRefuseHeadersThatCannotBe() throws Exception {
        Port port = start(Set.of(RxOffload.VLAN_STRIP), GigabitOffloads.TX);

        assertThat(send(port, packet(40, IPV4_UDP, 20, 8), packet(100, IPV4_UDP, 16, 8),
                packet(1000, MbufFlags.TX_TCP_SEG | MbufFlags.TX_IPV4, 20, 20))).isEqualTo(3);

        assertThat(port.stats().txErrors()).isEqualTo(3);
    }

    /** One bit of the chip turns on both. */
    @Test
    void shouldRefuseToInsertWithoutTakingOut() throws Exception {
        rig.attach();

        assertThatThrownBy(() -> rig.port().configure(new PortConfig(1, Rig.RING, Rig.RING, pool)
                .withOffloads(Set.of(), Set.of(TxOffload.VLAN_INSERT))))
                .isInstanceOf(NotSupportedException.class)
                .hasMessageContaining("vlan_insert without rx offload vlan_strip");
    }
}
