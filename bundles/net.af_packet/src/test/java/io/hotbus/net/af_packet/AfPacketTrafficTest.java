// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.PacketBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames through a pair of real interfaces, with a port at either end. */
@EnabledIf("io.hotbus.net.af_packet.Rig#isRoot")
final class AfPacketTrafficTest {
    private Rig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private void mtu(int mtu) throws Exception {
        rig.namespace.run("ip", "link", "set", "a0", "mtu", String.valueOf(mtu));
        rig.namespace.run("ip", "link", "set", "a1", "mtu", String.valueOf(mtu));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",blocksz=4096,framesz=2048,framecnt=512", ",qdisc_bypass=0"})
    void shouldPassFramesOfEveryLength(String devargs) throws Exception {
        final Port a0 = rig.start("net_af_packet0,iface=a0" + devargs);
        final Port a1 = rig.start("net_af_packet1,iface=a1" + devargs);
        for (int from = 0; from < 3200; from += 64) {
            assertThat(Frames.send(a0, rig.pool, from, 64)).isEqualTo(64);
            Frames.receiveAll(a1, 0, rig.pool, from, from + 64);
        }
        assertThat(a0.stats().txPackets()).isEqualTo(3200);
        assertThat(a1.stats().rxPackets()).isEqualTo(3200);
        assertThat(a1.stats().rxBytes()).isEqualTo(a0.stats().txBytes());
        assertThat(a0.stats().rxPackets()).as("its own frames").isZero();
    }

    @Test
    void shouldCountTheErrorsOfEachQueue() throws Exception {
        final Port a0 = rig.start(rig.attach("net_af_packet0,iface=a0,qpairs=2"),
                new PortConfig(2, 512, 512, rig.pool));
        final long[] packets = {PacketBytes.packet(rig.pool, Rig.frame(1519)),
                PacketBytes.packet(rig.pool, Rig.frame(60)),
            PacketBytes.packet(rig.pool, Rig.frame(13))};
        assertThat(a0.txQueue(1).burst(rig.pool.mempools().uncached(), packets, 3)).isEqualTo(3);
        packets[0] = PacketBytes.packet(rig.pool, Rig.frame(60));
        assertThat(a0.txQueue(0).burst(rig.pool.mempools().uncached(), packets, 1)).isOne();
        assertThat(a0.xstats()).containsEntry("tx_q0_packets", 1L)
                .containsEntry("tx_q0_errors", 0L).containsEntry("tx_q1_packets", 1L)
                .containsEntry("tx_q1_errors", 2L).containsEntry("tx_errors", 2L);
        a0.resetStats();
        assertThat(a0.xstats()).containsEntry("tx_q1_errors", 0L);
    }

    @Test
    void shouldPassJumboFramesInChains() throws Exception {
        mtu(9000);
        final Port a0 = rig.start("net_af_packet0,iface=a0");
        final Port a1 = rig.start("net_af_packet1,iface=a1");
        assertThat(a0.mtu()).isEqualTo(9000);
        for (int length : new int[] {14, 15, 60, 1514, 2047, 2048, 2049, 4096, 4097, 9014}) {
            rig.send(a0, Rig.frame(length));
            assertThat(rig.await(a1)).isEqualTo(Rig.frame(length));
        }
    }

    @Test
    void shouldPassTheLongestFrames() throws Exception {
        mtu(65535);
        final Port a0 = rig.start("net_af_packet0,iface=a0");
        final Port a1 = rig.start("net_af_packet1,iface=a1");
        rig.send(a0, Rig.frame(65549));
        assertThat(rig.await(a1)).isEqualTo(Rig.frame(65549));
    }

    private static byte[] tagged(int length, int... tags) {
        final byte[] plain = Rig.frame(length);
        final ByteBuffer frame = ByteBuffer.allocate(length + 4 * tags.length).put(plain, 0, 12);
        Arrays.stream(tags).forEach(frame::putInt);
        return frame.put(plain, 12, length - 12).array();
    }

    @Test
    void shouldKeepVlanTags() throws Exception {
        final Port a0 = rig.start("net_af_packet0,iface=a0");
        final Port a1 = rig.start("net_af_packet1,iface=a1");
        for (byte[] frame : List.of(tagged(100, 0x8100_0005), tagged(1514, 0x8100_e005),
                tagged(100, 0x88a8_0007), tagged(100, 0x88a8_0007, 0x8100_0005),
                tagged(100, 0x8100_0000))) {
            rig.send(a0, frame);
            assertThat(rig.await(a1)).isEqualTo(frame);
        }
    }

    @Test
    void shouldKeepVlanTagsOfChains() throws Exception {
        mtu(9000);
        final Port a0 = rig.start("net_af_packet0,iface=a0");
        final Port a1 = rig.start("net_af_packet1,iface=a1");
        for (int length : new int[] {2044, 2045, 6000, 9014}) {
            rig.send(a0, tagged(length, 0x8100_0fff));
            assertThat(rig.await(a1)).isEqualTo(tagged(length, 0x8100_0fff));
        }
    }

    @Test
    void shouldStripAndInsertVlanTags() throws Exception {
        final PortConfig config = new PortConfig(1, 512, 512, rig.pool)
                .withOffloads(Set.of(RxOffload.VLAN_STRIP), Set.of(TxOffload.VLAN_INSERT));
        final Port a0 = rig.start(rig.attach("net_af_packet0,iface=a0"), config);
        final Port a1 = rig.start(rig.attach("net_af_packet1,iface=a1"), config);
        final long packet = PacketBytes.packet(rig.pool, Rig.frame(200));
        Mbuf.setFlags(packet, MbufFlags.TX_VLAN);
        Mbuf.setVlanTci(packet, 0xa123);
        a0.txQueue(0).burst(rig.pool.mempools().uncached(), new long[] {packet}, 1);

        final long[] got = new long[32];
        Await.until(() -> a1.rxQueue(0).burst(rig.pool.mempools().uncached(), got, 32) == 1);
        assertThat(Mbuf.flags(got[0])).isEqualTo(MbufFlags.RX_VLAN_STRIPPED);
        assertThat(Mbuf.vlanTci(got[0])).isEqualTo(0xa123);
        assertThat(PacketBytes.of(got[0])).isEqualTo(Rig.frame(200));
        rig.pool.mempools().uncached().free(got, 0, 1);
    }

    @Test
    void shouldCountWhatItCannotSend() throws Exception {
        final Port a0 = rig.start("net_af_packet0,iface=a0");
        final Port a1 = rig.start("net_af_packet1,iface=a1");
        rig.send(a0, Rig.frame(13));
        rig.send(a0, Rig.frame(1515));
        rig.send(a0, Rig.frame(5000));
        rig.send(a0, tagged(1515, 0x8100_0001));
        rig.send(a0, tagged(1511, 0x88a8_0001));
        assertThat(a0.stats()).isEqualTo(new EthStats(0, 0, 0, 0, 0, 0, 0, 5));

        mtu(1600);
        Await.until("the new MTU counts", () -> {
            rig.send(a0, Rig.frame(1614));
            return a0.stats().txPackets() == 1;
        });
        assertThat(rig.await(a1)).isEqualTo(Rig.frame(1614));
    }

    @Test
    void shouldCountFramesThatWereCutOrFoundNoRoom() throws Exception {
        mtu(9000);
        final Port a0 = rig.start("net_af_packet0,iface=a0");
        final Port a1 = rig.start("net_af_packet1,iface=a1,blocksz=4096");
        rig.send(a0, Rig.frame(8000));
        Await.until(() -> rig.receive(a1, 0).isEmpty() && a1.stats().rxErrors() == 1);
        for (int i = 0; i < 2000; i++) {
            rig.send(a0, Rig.frame(1000));
        }
        final List<byte[]> received = new ArrayList<>();
        Await.until("frames received and missed are those sent", () -> {
            received.addAll(rig.receive(a1, 0));
            return received.size() + a1.stats().missed() == 2000;
        });
        assertThat(a1.stats().missed()).isPositive();
        a1.resetStats();
        assertThat(a1.stats()).isEqualTo(EthStats.ZERO);
    }

    @Test
    void shouldSpreadFlowsOverItsQueues() throws Exception {
        final Port a0 = rig.start("net_af_packet0,iface=a0");
        final Port a1 = rig.start(rig.attach("net_af_packet1,iface=a1,qpairs=3"),
                new PortConfig(3, 512, 512, rig.pool));
        for (int i = 0; i < 100; i++) {
            rig.send(a0, udp(i, 2000 + i));
        }
        final int[] received = new int[3];
        Await.until("all frames", () -> {
            for (int q = 0; q < 3; q++) {
                received[q] += rig.receive(a1, q).size();
            }
            return Arrays.stream(received).sum() == 100;
        });
        assertThat(received).as("by queue").doesNotContain(0);
    }

    /** A frame of UDP with right lengths and no checksum. */
    private static byte[] udp(int host, int port) {
        final ByteBuffer frame = ByteBuffer.allocate(60).put(Rig.frame(60), 0, 12)
                .putShort((short) 0x0800).put((byte) 0x45).put((byte) 0).putShort((short) 46)
                .putInt(0).put((byte) 64).put((byte) 17).putShort((short) 0)
                .putInt(0x0a00_0000 + host).putInt(0x0a01_0001)
                .putShort((short) port).putShort((short) 9).putShort((short) 26);
        return frame.array();
    }

    @Test
    void shouldReceiveOnlyWhatItsFilterAccepts() throws Exception {
        final Port a0 = rig.start("net_af_packet0,iface=a0");
        final Port a1 = rig.start("net_af_packet1,iface=a1");
        final MacAddress group = new MacAddress(0x01005e010203L);
        final MacAddress second = new MacAddress(0x020000000099L);
        a1.setPromiscuous(false);
        expect(a0, a1, a1.macAddress(), new MacAddress(0xffff_ffff_ffffL));
        a1.changeRxFilter(filter -> filter.withGroups(Set.of(group)).plus(second));
        expect(a0, a1, group, second);
        a1.changeRxFilter(filter -> filter.withGroups(Set.of()).minus(second));
        expect(a0, a1, a1.macAddress());
        a1.changeRxFilter(filter -> filter.withAllMulticast(true));
        expect(a0, a1, group, new MacAddress(0x333300000001L));
        final MacAddress own = new MacAddress(0x020000000088L);
        a1.changeRxFilter(filter -> filter.withAddress(own));
        assertThat(rig.namespace.run("ip", "link", "show", "a1")).contains("02:00:00:00:00:88");
        expect(a0, a1, own);
    }

    /** Sends a frame to another station, and one to each address: only the latter arrive. */
    private void expect(Port from, Port to, MacAddress... addresses) {
        final List<byte[]> sent = new ArrayList<>();
        rig.send(from, Rig.frame(70));
        for (MacAddress address : addresses) {
            final byte[] frame = Rig.frame(60 + sent.size());
            for (int i = 0; i < 6; i++) {
                frame[i] = (byte) (address.value() >>> 40 - 8 * i);
            }
            sent.add(frame);
            rig.send(from, frame);
        }
        final List<byte[]> received = new ArrayList<>();
        Await.until("the frames for " + List.of(addresses), () -> {
            received.addAll(rig.receive(to, 0));
            return received.size() >= sent.size();
        });
        assertThat(received).containsExactlyElementsOf(sent);
    }
}
