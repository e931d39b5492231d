// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.NotSupportedException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.pmd.intel.GigabitRegs;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** VLAN tags, taken out and inserted by the chip. */
final class E1000eVlanTest extends E1000eTests {
    private static final byte[] FRAME = TestPacket.of(true, TestPacket.UDP, 100);
    private static final long CHECKSUMS =
            MbufFlags.TX_IPV4 | MbufFlags.TX_IP_CKSUM | MbufFlags.TX_UDP_CKSUM;

    private Port start(Set<RxOffload> rx, Set<TxOffload> tx) throws Exception {
        return rig.start(new PortConfig(1, Rig.RING, Rig.RING, pool).withOffloads(rx, tx));
    }

    private void send(Port port, byte[] frame, long flags, int tci) {
        long[] one = new long[1];
        assertThat(pool.get(one, 0, 1)).isEqualTo(1);
        TestPacket.write(frame, one[0], flags);
        Mbuf.setVlanTci(one[0], tci);
        assertThat(port.txQueue(0).burst(pool.mempools().uncached(), one, 1)).isEqualTo(1);
    }

    private void assertReceived(Port port, byte[] frame, long flags, int tci) {
        long packet = Rig.receiveOne(port, 0, pool);
        assertThat(bytes(packet)).isEqualTo(frame);
        assertThat(Mbuf.flags(packet)).isEqualTo(flags);
        if ((flags & MbufFlags.RX_VLAN_STRIPPED) != 0) {
            assertThat(Mbuf.vlanTci(packet)).isEqualTo(tci);
        }
        free(packet);
    }

    @Test
    void shouldTakeTagsOut() throws Exception {
        Port port = start(Set.of(RxOffload.VLAN_STRIP, RxOffload.IPV4_CKSUM), Set.of());
        for (int tci : new int[] {1, 0x6123, 0xffff}) {
            send(port, TestPacket.tagged(FRAME, GigabitRegs.VET_8021Q, tci), 0, 0);
            assertReceived(port, FRAME,
                    MbufFlags.RX_VLAN_STRIPPED | MbufFlags.RX_IP_CKSUM_GOOD, tci);
        }
        send(port, FRAME, 0, 0);
        assertReceived(port, FRAME, MbufFlags.RX_IP_CKSUM_GOOD, 0);
    }

    @Test
    void shouldInsertTags() throws Exception {
        Port port = start(Set.of(RxOffload.VLAN_STRIP),
                Set.of(TxOffload.VLAN_INSERT, TxOffload.IPV4_CKSUM, TxOffload.UDP_CKSUM));
        send(port, FRAME, MbufFlags.TX_VLAN, 0xe042);
        assertReceived(port, FRAME, MbufFlags.RX_VLAN_STRIPPED, 0xe042);
        send(port, TestPacket.unfinished(FRAME), MbufFlags.TX_VLAN | CHECKSUMS, 7);
        assertReceived(port, FRAME, MbufFlags.RX_VLAN_STRIPPED, 7);
        send(port, FRAME, 0, 7);
        assertReceived(port, FRAME, 0, 0);
    }

    @Test
    void shouldLeaveTagsAloneOtherwise() throws Exception {
        Port port = start(Set.of(RxOffload.IPV4_CKSUM), Set.of(TxOffload.UDP_CKSUM));
        byte[] tagged = TestPacket.tagged(FRAME, GigabitRegs.VET_8021Q, 5);
        send(port, tagged, MbufFlags.TX_VLAN, 6);
        assertReceived(port, tagged, 0, 0);
        assertThat(rig.chip.get(GigabitRegs.CTRL) & GigabitRegs.CTRL_VME).isZero();
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

    @Test
    void shouldReceiveFramesOfItsVlansAlone() throws Exception {
        Port port = rig.start(pool);
        port.changeRxFilter(filter -> filter.withVlans(Set.of(5, 4095)));
        for (int start = 0; start < 2; start++) {
            assertThat(rig.chip.get(GigabitRegs.VET)).as("after each reset")
                    .isEqualTo(GigabitRegs.VET_8021Q);
            for (int vlan : new int[] {6, 5, 37, 4095}) {
                send(port, TestPacket.tagged(FRAME, GigabitRegs.VET_8021Q, 0x2000 | vlan), 0, 0);
            }
            assertReceived(port, TestPacket.tagged(FRAME, GigabitRegs.VET_8021Q, 0x2005), 0, 0);
            assertReceived(port, TestPacket.tagged(FRAME, GigabitRegs.VET_8021Q, 0x2fff), 0, 0);
            port.stop();
            port.start();
        }
    }

    @Test
    void shouldNoticeThatSomebodyElseHasTurnedItOff() throws Exception {
        start(Set.of(RxOffload.VLAN_STRIP), Set.of());
        assertThat(rig.looked(2)).isTrue();
        assertThat(rig.resets).isEmpty();
        rig.chip.set(GigabitRegs.CTRL,
                rig.chip.get(GigabitRegs.CTRL) & ~GigabitRegs.CTRL_VME);
        assertThat(Rig.eventually(() -> !rig.resets.isEmpty())).isTrue();
    }
}
