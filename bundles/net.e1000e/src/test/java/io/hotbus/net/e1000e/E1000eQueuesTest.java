// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.intel.RssTables;
import io.hotbus.testkit.Frames;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two queues, and how the chip spreads packets over them. */
final class E1000eQueuesTest extends E1000eTests {
    private static final Set<RssHash> HASHES =
            Set.of(RssHash.IPV4, RssHash.IPV4_TCP, RssHash.IPV6, RssHash.IPV6_TCP);

    private PortConfig config(int queues, RssConfig rss) {
        return new PortConfig(queues, Rig.RING, Rig.RING, pool)
                .withOffloads(Set.of(RxOffload.RSS_HASH), Set.of()).withRss(rss);
    }

    private void send(Port port, int queue, byte[] frame) {
        long[] one = new long[1];
        assertThat(pool.get(one, 0, 1)).isEqualTo(1);
        TestPacket.write(frame, one[0], 0);
        assertThat(port.txQueue(queue).burst(pool.mempools().uncached(), one, 1)).isEqualTo(1);
    }

    /** Receives the frame from that queue, and returns its hash; 0 if it has none. */
    private int receive(Port port, int queue, byte[] frame) {
        long packet = Rig.receiveOne(port, queue, pool);
        assertThat(bytes(packet)).isEqualTo(frame);
        int hash = (Mbuf.flags(packet) & MbufFlags.RX_RSS_HASH) == 0 ? 0 : Mbuf.hash(packet);
        free(packet);
        return hash;
    }

    /** The vectors of Microsoft's verification suite of the hash. */
    @ParameterizedTest
    @CsvSource({
        "17, 420995bb, a18e6450, 323e8fc2", "6, 420995bb, a18e6450, 51ccc178"})
    void shouldHashAsSpecified(int protocol, String source, String destination, String hash)
            throws Exception {
        Port port = rig.start(config(2, new RssConfig(HASHES, List.of(), List.of())));
        byte[] frame = TestPacket.of(true, protocol, 20);
        System.arraycopy(HexFormat.of().parseHex(source), 0, frame, 26, 4);
        System.arraycopy(HexFormat.of().parseHex(destination), 0, frame, 30, 4);

        send(port, 0, frame);

        int expected = HexFormat.fromHexDigits(hash);
        assertThat(receive(port, expected & 1, frame)).isEqualTo(expected);
    }

    @Test
    void shouldFollowTheTable() throws Exception {
        List<Integer> ones = Collections.nCopies(RssTables.RETA_ENTRIES, 1);
        Port port = rig.start(config(2, new RssConfig(HASHES, List.of(), ones)));
        byte[] v4 = TestPacket.of(true, TestPacket.TCP, 20);
        byte[] v6 = TestPacket.of(false, TestPacket.UDP, 20);
        byte[] other = v4.clone();
        TestPacket.put16(other, TestPacket.TYPE, 0x88b5);
        for (byte[] frame : new byte[][] {v4, v6}) {
            send(port, 1, frame);
            assertThat(receive(port, 1, frame)).isNotZero();
        }
        send(port, 1, other);
        assertThat(receive(port, 0, other)).as("what is not hashed").isZero();

        List<Integer> one = new ArrayList<>(ones);
        int hash = hash(port, v4);
        one.set(hash & RssTables.RETA_ENTRIES - 1, 0);
        port.stop();
        port.configure(config(2, new RssConfig(HASHES, List.of(), one)));
        port.start();
        send(port, 0, v4);
        assertThat(receive(port, 0, v4)).isEqualTo(hash);
    }

    private int hash(Port port, byte[] frame) {
        send(port, 0, frame);
        return receive(port, 1, frame);
    }

    @Test
    void shouldTakeAnotherKeyAndFewerHashes() throws Exception {
        List<Byte> key = IntStream.range(0, 40).mapToObj(i -> (byte) (i * 37 + 1)).toList();
        Port port = rig.start(config(2, new RssConfig(Set.of(RssHash.IPV6), key, List.of())));
        byte[] v6 = TestPacket.of(false, TestPacket.TCP, 20);
        byte[] v4 = TestPacket.of(true, TestPacket.TCP, 20);
        send(port, 0, v4);
        assertThat(receive(port, 0, v4)).isZero();
        assertThat(rig.chip.get(RssTables.RSSRK + 4)).isEqualTo(0x04dfba95);
        assertThat(rig.chip.get(GigabitRegs.MRQC))
                .isEqualTo(E1000eRegs.MRQC_RSS | GigabitRegs.MRQC_IPV6);
        send(port, 0, v6);
        assertThat(Rig.eventually(() -> port.stats().txPackets() == 2)).isTrue();
    }

    /** The chip has one place for a context, whichever queue it came from. */
    @Test
    void shouldNotRelyOnAContextThatTheOtherQueueReplaces() throws Exception {
        Port port = rig.start(new PortConfig(2, Rig.RING, Rig.RING, pool).withOffloads(
                Set.of(), Set.of(TxOffload.UDP_CKSUM, TxOffload.TCP_CKSUM)));
        byte[][] frames = {TestPacket.of(false, TestPacket.TCP, 90),
            TestPacket.of(false, TestPacket.UDP, 90)};
        for (int i = 0; i < 2 * Rig.RING; i++) {
            int queue = i & 1;
            long[] one = new long[1];
            assertThat(pool.get(one, 0, 1)).isEqualTo(1);
            TestPacket.write(TestPacket.unfinished(frames[queue]), one[0], MbufFlags.TX_IPV6
                    | (queue == 0 ? MbufFlags.TX_TCP_CKSUM : MbufFlags.TX_UDP_CKSUM));
            assertThat(port.txQueue(queue).burst(pool.mempools().uncached(), one, 1)).isEqualTo(1);
            receive(port, 0, frames[queue]);
        }
    }

    @Test
    void shouldReceiveInQueueZeroWithoutRss() throws Exception {
        Port port = rig.start(new PortConfig(2, Rig.RING, Rig.RING, pool));
        assertThat(rig.chip.get(GigabitRegs.MRQC)).isZero();
        for (int queue = 0; queue < 2; queue++) {
            Frames.receiveAll(port, 0, pool, 0, Frames.send(port, queue, pool, 0, 200));
        }
        assertThat(port.xstats()).containsEntry("tx_q1_packets", 200L)
                .containsEntry("rx_q0_packets", 400L).containsEntry("rx_q1_packets", 0L);
    }

    /** A queue that is no longer used must not be read from, nor written to. */
    @Test
    void shouldLetTheSecondQueueGo() throws Exception {
        Port port = rig.start(config(2, new RssConfig(HASHES, List.of(),
                Collections.nCopies(RssTables.RETA_ENTRIES, 1))));
        assertThat(rig.chip.get(FakeRegs.TDLEN + FakeRegs.QUEUE_STRIDE)).isNotZero();
        rig.chip.holdTransmit = true;
        rig.chip.keepsInReset = true;
        Frames.send(port, 1, pool, 0, 32);
        port.stop();

        port.configure(config(1, RssConfig.OFF));
        rig.chip.holdTransmit = false;
        port.start();

        assertThat(rig.chip.get(FakeRegs.TDLEN + FakeRegs.QUEUE_STRIDE)).isZero();
        assertThat(rig.chip.get(FakeRegs.RDLEN + FakeRegs.QUEUE_STRIDE)).isZero();
        Frames.receiveAll(port, 0, pool, 0, Frames.send(port, pool, 0, 100));
    }

    @Test
    void shouldNoticeThatTheSecondQueueWasLost() throws Exception {
        rig.start(config(2, new RssConfig(HASHES, List.of(), List.of())));
        assertThat(rig.looked(2)).isTrue();
        assertThat(rig.resets).isEmpty();
        rig.chip.set(FakeRegs.RDLEN + FakeRegs.QUEUE_STRIDE, 0);
        assertThat(Rig.eventually(() -> !rig.resets.isEmpty())).isTrue();
    }

    @Test
    void shouldNameWhatItLacks() throws Exception {
        rig.attach();
        assertThatThrownBy(() -> rig.port().configure(config(3, RssConfig.OFF)))
                .isInstanceOf(DeviceException.class).hasMessageContaining("1 to 2 are possible");
        assertThatThrownBy(() -> rig.port().configure(config(2,
                new RssConfig(Set.of(RssHash.IPV4_UDP), List.of(), List.of()))))
                .isInstanceOf(DeviceException.class).hasMessageContaining("ipv4_udp");
    }
}
