// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import static io.hotbus.testpmd.internal.engine.Packets.get16;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.testpmd.PortPlan;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsumFwdTest {
    private final Bench bench = new Bench(new CsumFwd());

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @ParameterizedTest
    @CsvSource({"6, 0, 2048", "6, 1, 2048", "6, 1400, 2048", "6, 1401, 101", "17, 7, 2048",
        "17, 1000, 67", "6, 33, 54", "17, 999, 43", "17, 3, 42"})
    void shouldComputeOverSegmentsOfAnyLength(int protocol, int payload, int segment)
            throws Exception {
        byte[] sent = bench.forward(Packets.ipv4(protocol, payload), segment);

        assertThat(Packets.sum(sent, 14, 20, 0)).isEqualTo(0xffff);
        assertThat(Packets.isRight(sent, 26, 8, 34, protocol)).isTrue();
    }

    @Test
    void shouldComputeUnderVlanTags() throws Exception {
        byte[] frame = Packets.tagged(Packets.tagged(Packets.ipv4(6, 10), 0x8100), 0x88a8);

        byte[] sent = bench.forward(frame, 2048);

        assertThat(Packets.sum(sent, 22, 20, 0)).isEqualTo(0xffff);
        assertThat(Packets.isRight(sent, 34, 8, 42, 6)).isTrue();
    }

    @Test
    void shouldComputeOverIpv6WithExtensionHeaders() throws Exception {
        assertThat(Packets.isRight(bench.forward(Packets.ipv6(6, "", 6, 21), 2048), 22, 32, 54, 6))
                .isTrue();
        String hopByHop = "3c 00 0104 00000000";
        String destination = "11 01 010c 000000000000000000000000";
        assertThat(Packets.isRight(bench.forward(
                Packets.ipv6(17, hopByHop + destination, 0, 5), 2048), 22, 32, 78, 17)).isTrue();
    }

    @Test
    void shouldLeavePaddingOut() throws Exception {
        byte[] padded = Arrays.copyOf(Packets.ipv4(6, 0), 60);
        Arrays.fill(padded, 54, 60, (byte) 0x5a);

        byte[] sent = Arrays.copyOf(bench.forward(padded, 2048), 54);

        assertThat(Packets.isRight(sent, 26, 8, 34, 6)).isTrue();
    }

    @Test
    void shouldNotInventAChecksumOfUdpUnlessOneIsUnfinished() throws Exception {
        byte[] frame = Packets.ipv4(17, 9);
        Packets.put16(frame, 40, 0);
        assertThat(get16(bench.forward(frame, 2048), 40)).isZero();

        bench.flags(MbufFlags.RX_L4_CKSUM_NONE);
        byte[] sent = bench.forward(frame, 2048);
        assertThat(Packets.isRight(sent, 26, 8, 34, 17)).isTrue();
    }

    @Test
    void shouldComputeIcmp() throws Exception {
        byte[] request = Packets.frame(Packets.ETHERNET + "4500 0020 0000 0000 40 01 dead 0a000001"
                + "0a000002 08 00 beef 0001 0002 01020304");
        assertThat(Packets.sum(bench.forward(request, 2048), 34, 12, 0)).isEqualTo(0xffff);
    }

    @Test
    void shouldLeaveWhatIsNoWholePacket() throws Exception {
        byte[] fragment = Packets.ipv4(6, 8);
        fragment[20] = 0x20; // more follow
        assertThat(get16(bench.forward(fragment, 2048), 50)).isEqualTo(0xbad0);
        byte[] lying = Packets.ipv4(17, 8);
        Packets.put16(lying, 16, 1000);
        assertThat(get16(bench.forward(lying, 2048), 40)).isEqualTo(0xbad0);
        byte[] lyingUdp = Packets.ipv4(17, 8);
        Packets.put16(lyingUdp, 38, 1000);
        assertThat(get16(bench.forward(lyingUdp, 2048), 40)).isEqualTo(0xbad0);
        assertThat(get16(bench.forward(Packets.ipv4(6, 8), 40), 50)).isEqualTo(0xbad0);
        assertThat(get16(bench.forward(Packets.ipv4(6, 8), 20), 24)).isEqualTo(0xdead);
    }

    @Test
    void shouldSetTheAddressesOfTheLink() throws Exception {
        byte[] sent = bench.forward(Packets.ipv4(6, 8), 2048);
        assertThat(Arrays.copyOf(sent, 6)).containsExactly(2, 0, 0, 0, 0, 1);
        assertThat(Arrays.copyOfRange(sent, 6, 12)).containsExactly(2, 0, 0, 0, 0, 0x31);
    }

    @Test
    void shouldLeaveTheWorkToAPortThatDoesIt() throws Exception {
        bench.plan(PortPlan.NONE.with(TxOffload.IPV4_CKSUM, true).with(TxOffload.TCP_CKSUM, true));

        byte[] sent = bench.forward(Packets.ipv4(6, 8), 2048);

        assertThat(bench.sentFlags()).isEqualTo(
                MbufFlags.TX_IP_CKSUM | MbufFlags.TX_TCP_CKSUM | MbufFlags.TX_IPV4);
        assertThat(get16(sent, 24)).isZero();
        int pseudo = Packets.sum(sent, 26, 8, 0) + 6 + 28;
        assertThat(get16(sent, 50)).isEqualTo(Packets.sum(sent, 0, 0, pseudo));
        assertThat(bench.sentL2()).isEqualTo(14);
        assertThat(bench.sentL3()).isEqualTo(20);
        bench.forward(Packets.ipv4(17, 8), 2048);
        assertThat(bench.sentFlags()).isEqualTo(MbufFlags.TX_IP_CKSUM | MbufFlags.TX_IPV4);
    }

    @ParameterizedTest
    @CsvSource({"1001, 2048, true, 20", "1000, 2048, false, 20", "1001, 67, true, 20",
        "1012, 2048, false, 32", "1013, 2048, true, 32", "1020, 2048, false, 16"})
    void shouldLetThePortCutLongTcpPackets(
            int payload, int segment, boolean cut, int header) throws Exception {
        bench.plan(PortPlan.NONE.with(TxOffload.TCP_TSO, true).withTsoSegment(1000));
        byte[] frame = Packets.ipv4(6, payload);
        frame[46] = (byte) (header / 4 << 4);

        byte[] sent = bench.forward(frame, segment);

        assertThat(Packets.sum(sent, 14, 20, 0)).isEqualTo(0xffff);
        if (cut) {
            assertThat(bench.sentFlags()).isEqualTo(MbufFlags.TX_TCP_SEG | MbufFlags.TX_IPV4);
            assertThat(bench.sentL4()).isEqualTo(header);
            assertThat(bench.sentSegment()).isEqualTo(1000);
        } else {
            assertThat(bench.sentFlags()).isZero();
            assertThat(Packets.isRight(sent, 26, 8, 34, 6)).isTrue();
        }
    }

    @Test
    void shouldLetThePortCutIpv6ButNothingWithPadding() throws Exception {
        bench.plan(PortPlan.NONE.with(TxOffload.TCP_TSO, true).withTsoSegment(100));
        byte[] frame = Packets.ipv6(6, "", 6, 121);
        frame[66] = 0x50;
        bench.forward(frame, 2048);
        assertThat(bench.sentFlags()).isEqualTo(MbufFlags.TX_TCP_SEG | MbufFlags.TX_IPV6);
        byte[] padded = Arrays.copyOf(Packets.ipv4(6, 121), 14 + 20 + 20 + 121 + 1);
        padded[46] = 0x50;
        bench.forward(padded, 2048);
        assertThat(bench.sentFlags()).isZero();
        bench.forward(Packets.ipv4(17, 500), 2048);
        assertThat(bench.sentFlags()).as("UDP").isZero();
    }

    @Test
    void shouldCountWhatTheDeviceFoundWrong() throws Exception {
        bench.flags(MbufFlags.RX_IP_CKSUM_BAD | MbufFlags.RX_L4_CKSUM_BAD);
        bench.forward(Packets.ipv4(17, 8), 2048);

        assertThat(bench.stream().badIpChecksums()).isOne();
        assertThat(bench.stream().badL4Checksums()).isOne();
        assertThat(bench.sentFlags()).isZero();
    }
}
