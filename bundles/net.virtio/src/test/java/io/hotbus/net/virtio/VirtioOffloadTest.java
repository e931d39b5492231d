// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.pmd.virtio.VirtioFeature;
import io.hotbus.testkit.Frames;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VirtioOffloadTest extends VirtioTests {
    private static final long ALL = VirtioFeature.CSUM | VirtioFeature.GUEST_CSUM
            | VirtioFeature.HOST_TSO4 | VirtioFeature.HOST_TSO6;

    private Port start(Set<RxOffload> receive, Set<TxOffload> transmit) throws Exception {
        rig.chip.offered |= ALL;
        rig.attach();
        Port port = rig.port();
        port.configure(new PortConfig(1, Rig.RING, Rig.RING, pool)
                .withOffloads(receive, transmit));
        port.start();
        return port;
    }

    /** A packet of zeros with addresses in its IP header. */
    private long packet(int length, int l3, int l4, long flags) {
        long[] one = new long[1];
        assertThat(pool.get(one, 0, 1)).isEqualTo(1);
        Mbuf.reset(one[0]);
        Mbuf.setLength(one[0], length);
        RawMemory.fill(Mbuf.data(one[0]), length, (byte) 0);
        RawMemory.fill(Mbuf.data(one[0]) + 14 + (l3 == 20 ? 12 : 8), l3 == 20 ? 8 : 32, (byte) 1);
        Mbuf.setHeaderLengths(one[0], 14, l3, l4);
        Mbuf.setFlags(one[0], flags);
        return one[0];
    }

    private void send(Port port, long packet) {
        assertThat(port.txQueue(0).burst(pool.mempools().uncached(), new long[] {packet}, 1))
                .isEqualTo(1);
    }

    private void receiveOne(Port port, long flags) {
        long[] one = new long[1];
        assertThat(Rig.eventually(() -> port.rxQueue(0).burst(
                pool.mempools().uncached(), one, 1) == 1)).isTrue();
        assertThat(Mbuf.flags(one[0])).isEqualTo(flags);
        pool.mempools().uncached().free(one, 0, 1);
    }

    @Test
    void shouldOfferWhatTheDeviceOffers() throws Exception {
        rig.attach();
        assertThat(rig.port().info().txOffloads()).isEmpty();
        assertThat(rig.port().info().rxOffloads()).isEmpty();
        rig.detachAll();
        rig.chip.offered |= VirtioFeature.CSUM | VirtioFeature.HOST_TSO4;
        rig.attach();
        assertThat(rig.port().info().txOffloads()).containsExactlyInAnyOrder(
                TxOffload.TCP_CKSUM, TxOffload.UDP_CKSUM);
        rig.detachAll();
        start(Set.of(), Set.of());
        assertThat(rig.port().info().txOffloads()).contains(TxOffload.TCP_TSO);
        assertThat(rig.chip.accepted & ALL).as("not asked for").isZero();
    }

    @ParameterizedTest
    @CsvSource({"TX_UDP_CKSUM, 20, 8, 010000000000220006000000",
            "TX_TCP_CKSUM, 40, 20, 010000000000360010000000"})
    void shouldAskForChecksums(String flag, int l3, int l4, String header) throws Exception {
        Port port = start(Set.of(), Set.of(TxOffload.UDP_CKSUM, TxOffload.TCP_CKSUM));
        send(port, packet(100, l3, l4,
                flag.equals("TX_UDP_CKSUM") ? MbufFlags.TX_UDP_CKSUM : MbufFlags.TX_TCP_CKSUM));
        receiveOne(port, 0);

        assertThat(HexFormat.of().formatHex(rig.chip.lastHeader)).isEqualTo(header);
        Frames.send(port, pool, 0, 1);
        Frames.receiveAll(port, 0, pool, 0, 1);
        assertThat(rig.chip.lastHeader).as("not asked for").containsOnly(0);
    }

    @ParameterizedTest
    @CsvSource({"20, 010136006c07220010000000", "40, 01044a006c07360010000000"})
    void shouldAskForSegments(int l3, String header) throws Exception {
        Port port = start(Set.of(), Set.of(TxOffload.TCP_CKSUM, TxOffload.TCP_TSO));
        long packet = packet(14 + l3 + 20 + 1446, l3, 20, MbufFlags.TX_TCP_SEG
                | (l3 == 20 ? MbufFlags.TX_IPV4 : MbufFlags.TX_IPV6));
        Mbuf.setTsoSegmentSize(packet, 1900);
        send(port, packet);
        receiveOne(port, 0);

        assertThat(HexFormat.of().formatHex(rig.chip.lastHeader)).isEqualTo(header);
        int field = 14 + l3 + 16;
        byte[] sent = rig.chip.lastPacket;
        int there = (sent[field] & 0xff) << 8 | sent[field + 1] & 0xff;
        // Addresses of ones, protocol 6, and 1466 bytes of TCP.
        int expected = (l3 == 20 ? 4 : 16) * 0x0101 + 6 + 1466;
        assertThat(there).isEqualTo(expected);
    }

    @Test
    void shouldRefuseWhatTheHeadersDoNotAllow() throws Exception {
        Port port = start(Set.of(), Set.of(TxOffload.TCP_CKSUM, TxOffload.TCP_TSO));
        send(port, packet(40, 20, 8, MbufFlags.TX_TCP_CKSUM));
        long noSize = packet(200, 20, 20, MbufFlags.TX_TCP_SEG | MbufFlags.TX_IPV4);
        Mbuf.setTsoSegmentSize(noSize, 0);
        send(port, noSize);
        long shared = packet(200, 20, 20, MbufFlags.TX_TCP_SEG | MbufFlags.TX_IPV4);
        Mbuf.setTsoSegmentSize(shared, 100);
        Mbuf.retain(shared, 1);
        send(port, shared);
        pool.mempools().uncached().free(new long[] {shared}, 0, 1);
        long noHeader = packet(200, 20, 0, MbufFlags.TX_TCP_SEG | MbufFlags.TX_IPV4);
        Mbuf.setTsoSegmentSize(noHeader, 100);
        send(port, noHeader);

        assertThat(port.stats().txErrors()).isEqualTo(4);
        assertThat(port.stats().txPackets()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"2048", "300"})
    void shouldTellOfChecksums(int dataRoom) throws Exception {
        Mempool buffers = rig.pool(2048, dataRoom);
        rig.chip.offered |= ALL;
        rig.attach();
        Port port = rig.port();
        port.configure(new PortConfig(1, Rig.RING, Rig.RING, buffers)
                .withOffloads(Set.of(RxOffload.TCP_CKSUM), Set.of()));
        port.start();
        for (byte flags = 0; flags < 3; flags++) {
            rig.chip.receivedFlags = flags;
            Frames.send(port, pool, 1, 1);
            receiveOne(port, flags == 0 ? 0 : flags == 1 ? MbufFlags.RX_L4_CKSUM_NONE
                    : MbufFlags.RX_L4_CKSUM_GOOD);
        }
        rig.detachAll();
        assertThat(buffers.available()).isEqualTo(buffers.capacity());
    }

    @Test
    void shouldNotTellOfChecksumsUnasked() throws Exception {
        Port port = start(Set.of(), Set.of());
        rig.chip.receivedFlags = 1;
        Frames.send(port, pool, 1, 1);
        receiveOne(port, 0);
    }
}
