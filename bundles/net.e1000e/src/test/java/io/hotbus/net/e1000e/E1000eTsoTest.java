// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Large TCP packets, cut into frames by the chip. */
final class E1000eTsoTest extends E1000eTests {
    private static final int HEADERS_V4 = 54;

    private Port start() throws Exception {
        return rig.start(new PortConfig(1, Rig.RING, Rig.RING, pool).withOffloads(
                Set.of(RxOffload.VLAN_STRIP, RxOffload.IPV4_CKSUM, RxOffload.TCP_CKSUM),
                Set.of(TxOffload.VLAN_INSERT, TxOffload.TCP_TSO)));
    }

    /** The packet in a chain of segments of at most {@code most} bytes. */
    private long packet(byte[] bytes, int most, int mss) {
        long packet = packet(bytes, most);
        boolean v4 = TestPacket.isIpv4(bytes);
        Mbuf.setFlags(packet, MbufFlags.TX_TCP_SEG
                | (v4 ? MbufFlags.TX_IPV4 : MbufFlags.TX_IPV6));
        Mbuf.setHeaderLengths(packet, TestPacket.ETHERNET, v4 ? 20 : 40, 20);
        Mbuf.setTsoSegmentSize(packet, mss);
        return packet;
    }

    /** Receives the frames of a packet, and checks headers, checksums and payload. */
    private void assertCut(Port port, byte[] bytes, int mss, long flags) {
        int headers = TestPacket.payload(bytes);
        boolean v4 = TestPacket.isIpv4(bytes);
        int frames = (bytes.length - headers + mss - 1) / mss;
        for (int i = 0; i < frames; i++) {
            long packet = Rig.receiveOne(port, 0, pool);
            byte[] frame = bytes(packet);
            assertThat(Mbuf.flags(packet)).isEqualTo(flags | MbufFlags.RX_L4_CKSUM_GOOD
                    | (v4 ? MbufFlags.RX_IP_CKSUM_GOOD : 0));
            free(packet);
            int from = headers + i * mss;
            assertThat(Arrays.copyOfRange(frame, headers, frame.length)).isEqualTo(
                    Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + mss)));
            assertThat(TestPacket.get16(frame, TestPacket.l4(frame) + 6)).as("sequence number")
                    .isEqualTo(i * mss & 0xffff);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 1460, 1460", "true, 1, 1460", "true, 20000, 1460", "true, 1461, 1460",
        "false, 5000, 1440", "true, 65000, 536", "false, 3000, 999", "true, 20000, 8960"})
    void shouldCutPackets(boolean v4, int payload, int mss) throws Exception {
        Port port = start();
        if (mss > 1460) {
            port.stop();
            port.setMtu(9000);
            port.start();
        }
        byte[] bytes = TestPacket.of(v4, TestPacket.TCP, payload);
        for (int piece : new int[] {2048, 700}) {
            assertThat(send(port, packet(bytes, piece, mss))).isEqualTo(1);
            assertCut(port, bytes, mss, 0);
        }
        assertThat(port.stats().txErrors()).isZero();
    }

    @Test
    void shouldTagEachFrame() throws Exception {
        Port port = start();
        byte[] bytes = TestPacket.of(true, TestPacket.TCP, 4000);
        long packet = packet(bytes, 2048, 1000);
        Mbuf.setFlags(packet, Mbuf.flags(packet) | MbufFlags.TX_VLAN);
        Mbuf.setVlanTci(packet, 9);
        assertThat(send(port, packet)).isEqualTo(1);
        assertCut(port, bytes, 1000, MbufFlags.RX_VLAN_STRIPPED);
    }

    @Test
    void shouldRefuseWhatCannotBeCut() throws Exception {
        Port port = start();
        byte[] bytes = TestPacket.of(true, TestPacket.TCP, 1000);
        long[] wrong = {packet(bytes, 2048, 0), packet(bytes, 2048, 9014),
                packet(bytes, HEADERS_V4 - 1, 500), packet(bytes, 2048, 500),
                packet(TestPacket.of(true, TestPacket.TCP, 0), 2048, 500),
                packet(bytes, 2048, 500)};
        Mbuf.setHeaderLengths(wrong[3], TestPacket.ETHERNET, 20, 0);
        // Its headers would have to be changed, which the other holder would see.
        Mbuf.retain(wrong[5], 1);

        assertThat(send(port, wrong)).isEqualTo(wrong.length);

        assertThat(port.stats().txErrors()).isEqualTo(wrong.length);
        assertThat(bytes(wrong[5])).isEqualTo(bytes);
        free(wrong[5]);
    }
}
