// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.testkit.Frames;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checksums, computed by the chip when it sends and checked when it receives. */
final class E1000eChecksumTest extends E1000eTests {
    private static final Set<RxOffload> RX =
            EnumSet.of(RxOffload.IPV4_CKSUM, RxOffload.UDP_CKSUM, RxOffload.TCP_CKSUM);
    private static final Set<TxOffload> TX =
            EnumSet.of(TxOffload.IPV4_CKSUM, TxOffload.UDP_CKSUM, TxOffload.TCP_CKSUM);
    private static final long IP4 = MbufFlags.TX_IPV4 | MbufFlags.TX_IP_CKSUM;

    private Port start(Set<RxOffload> rx, Set<TxOffload> tx) throws Exception {
        return rig.start(new PortConfig(1, Rig.RING, Rig.RING, pool).withOffloads(rx, tx));
    }

    private int send(Port port, byte[] frame, long flags) {
        long[] one = new long[1];
        assertThat(pool.get(one, 0, 1)).isEqualTo(1);
        TestPacket.write(frame, one[0], flags);
        return port.txQueue(0).burst(pool.mempools().uncached(), one, 1);
    }

    private long receive(Port port) {
        return Rig.receiveOne(port, 0, pool);
    }

    private static long l4(int protocol) {
        return protocol == TestPacket.TCP ? MbufFlags.TX_TCP_CKSUM : MbufFlags.TX_UDP_CKSUM;
    }

    @ParameterizedTest
    @CsvSource({"true, 6", "true, 17", "false, 6", "false, 17"})
    void shouldComputeWhatIsAskedFor(boolean v4, int protocol) throws Exception {
        Port port = start(RX, TX);
        long flags = l4(protocol) | (v4 ? IP4 : MbufFlags.TX_IPV6);
        for (int payload = 0; payload < 1400; payload += 61) {
            byte[] frame = TestPacket.of(v4, protocol, payload);

            assertThat(send(port, TestPacket.unfinished(frame), flags)).isEqualTo(1);

            long packet = receive(port);
            assertThat(bytes(packet)).isEqualTo(frame);
            assertThat(Mbuf.flags(packet)).isEqualTo(MbufFlags.RX_L4_CKSUM_GOOD
                    | (v4 ? MbufFlags.RX_IP_CKSUM_GOOD : 0));
            free(packet);
        }
    }

    @Test
    void shouldComputeTheChecksumOfIpAlone() throws Exception {
        Port port = start(Set.of(), TX);
        byte[] frame = TestPacket.of(true, TestPacket.TCP, 100);
        byte[] sent = frame.clone();
        TestPacket.put16(sent, TestPacket.ETHERNET + 10, 0);

        send(port, sent, IP4);

        long packet = receive(port);
        assertThat(bytes(packet)).isEqualTo(frame);
        free(packet);
    }

    /** A device does only what its port was configured for. */
    @Test
    void shouldLeaveAloneWhatThePortWasNotConfiguredFor() throws Exception {
        Port port = start(Set.of(RxOffload.IPV4_CKSUM), Set.of(TxOffload.UDP_CKSUM));
        byte[] unfinished = TestPacket.unfinished(TestPacket.of(true, TestPacket.TCP, 100));

        send(port, unfinished, IP4 | MbufFlags.TX_TCP_CKSUM);

        long packet = receive(port);
        assertThat(bytes(packet)).isEqualTo(unfinished);
        assertThat(Mbuf.flags(packet)).isEqualTo(MbufFlags.RX_IP_CKSUM_BAD);
        free(packet);
    }

    @Test
    void shouldTellOfWrongChecksums() throws Exception {
        Port port = start(RX, Set.of());
        byte[] wrong = TestPacket.of(true, TestPacket.UDP, 100);
        wrong[wrong.length - 1] ^= 1;
        send(port, wrong, 0);
        long packet = receive(port);
        assertThat(Mbuf.flags(packet))
                .isEqualTo(MbufFlags.RX_IP_CKSUM_GOOD | MbufFlags.RX_L4_CKSUM_BAD);
        free(packet);

        wrong[TestPacket.ETHERNET + 8] ^= 1;
        TestPacket.put16(wrong, TestPacket.payload(wrong) - 2, 0);
        send(port, wrong, 0);
        packet = receive(port);
        assertThat(Mbuf.flags(packet)).as("no checksum of UDP")
                .isEqualTo(MbufFlags.RX_IP_CKSUM_BAD);
        free(packet);
        assertThat(port.stats().rxErrors()).isZero();
    }

    @Test
    void shouldSayNothingOfPacketsThatAreNotIp() throws Exception {
        Port port = start(RX, TX);
        byte[] frame = TestPacket.of(true, TestPacket.UDP, 100);
        TestPacket.put16(frame, TestPacket.TYPE, 0x88b5);
        send(port, frame, 0);
        long packet = receive(port);
        assertThat(bytes(packet)).isEqualTo(frame);
        assertThat(Mbuf.flags(packet)).isZero();
        free(packet);
    }

    /** Rings wrap, and contexts come at every place in them; packets without requests between. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void shouldChangeFromHeaderToHeader(int change) throws Exception {
        Port port = start(RX, TX);
        byte[][] frames = {TestPacket.of(true, TestPacket.TCP, 90),
                TestPacket.of(true, TestPacket.UDP, 90), TestPacket.of(false, TestPacket.TCP, 90)};
        for (int i = 0; i < 3 * Rig.RING; i++) {
            byte[] frame = frames[i / change % 3];
            boolean asks = i % 5 != 0;
            long flags = l4(TestPacket.protocol(frame))
                    | (TestPacket.isIpv4(frame) ? IP4 : MbufFlags.TX_IPV6);

            assertThat(send(port, asks ? TestPacket.unfinished(frame) : frame, asks ? flags : 0))
                    .isEqualTo(1);

            long packet = receive(port);
            assertThat(bytes(packet)).as("%s", i).isEqualTo(frame);
            free(packet);
        }
        assertThat(port.stats().txPackets()).isEqualTo(3 * Rig.RING);
    }

    /** A context takes a descriptor, and holds no buffer. */
    @Test
    void shouldTakeNoMoreThanTheRingHolds() throws Exception {
        Port port = start(Set.of(), TX);
        rig.chip.holdTransmit = true;
        byte[] tcp = TestPacket.unfinished(TestPacket.of(true, TestPacket.TCP, 20));
        byte[] udp = TestPacket.unfinished(TestPacket.of(true, TestPacket.UDP, 20));
        long[] mbufs = new long[Rig.RING];
        pool.get(mbufs, 0, mbufs.length);
        for (int i = 0; i < mbufs.length; i++) {
            TestPacket.write(i % 2 == 0 ? tcp : udp, mbufs[i],
                    IP4 | (i % 2 == 0 ? MbufFlags.TX_TCP_CKSUM : MbufFlags.TX_UDP_CKSUM));
        }

        int sent = port.txQueue(0).burst(pool.mempools().uncached(), mbufs, mbufs.length);

        assertThat(sent).isEqualTo((Rig.RING - 1) / 2);
        pool.put(mbufs, sent, mbufs.length - sent);
        rig.chip.holdTransmit = false;
        for (int i = 0; i < sent; i++) {
            free(receive(port));
        }
    }

    @Test
    void shouldRefusePacketsWhoseHeadersCannotBe() throws Exception {
        Port port = start(RX, TX);
        long[] mbufs = new long[5];
        pool.get(mbufs, 0, 5);
        byte[] frame = TestPacket.unfinished(TestPacket.of(true, TestPacket.TCP, 0));
        for (long mbuf : mbufs) {
            TestPacket.write(frame, mbuf, IP4 | MbufFlags.TX_TCP_CKSUM);
        }
        Mbuf.setHeaderLengths(mbufs[0], 0, 0, 0);
        Mbuf.setHeaderLengths(mbufs[1], 14, 0, 20);
        Mbuf.setHeaderLengths(mbufs[2], 14, 230, 20);
        Mbuf.setHeaderLengths(mbufs[3], 14, 60, 20);

        assertThat(port.txQueue(0).burst(pool.mempools().uncached(), mbufs, 5)).isEqualTo(5);

        free(receive(port));
        assertThat(port.stats().txErrors()).isEqualTo(4);
        assertThat(port.stats().txPackets()).isEqualTo(1);
    }

    @Test
    void shouldForgetTheContextWithTheChip() throws Exception {
        Port port = start(RX, TX);
        byte[] frame = TestPacket.of(true, TestPacket.TCP, 20);
        for (int start = 0; start < 3; start++) {
            send(port, TestPacket.unfinished(frame), IP4 | MbufFlags.TX_TCP_CKSUM);
            long packet = receive(port);
            assertThat(bytes(packet)).isEqualTo(frame);
            free(packet);
            port.stop();
            port.start();
        }
    }

    @Test
    void shouldLoopFramesBackInBothFormats() throws Exception {
        Port port = start(RX, TX);
        for (int from = 0; from < 2000; from += 32) {
            Frames.receiveAll(port, 0, pool, from, from + Frames.send(port, pool, from, 32));
        }
        port.stop();
        port.configure(new PortConfig(1, Rig.RING, Rig.RING, pool));
        port.start();
        assertThat(rig.chip.get(E1000eRegs.RFCTL)).isEqualTo(E1000eRegs.RFCTL_ACK_DIS);
        assertThat(rig.chip.get(GigabitRegs.RXCSUM)).isZero();
        Frames.receiveAll(port, 0, pool, 0, Frames.send(port, pool, 0, 32));
    }

    @Test
    void shouldDropDamagedFramesOfEitherFormat() throws Exception {
        Port port = start(RX, TX);
        rig.chip.damageNext = 2;
        Frames.receiveAll(port, 0, pool, 2, Frames.send(port, pool, 0, 5));
        assertThat(port.stats().rxErrors()).isEqualTo(2);
    }
}
