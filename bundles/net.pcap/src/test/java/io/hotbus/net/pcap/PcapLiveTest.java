// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.NetNamespace;
import io.hotbus.testkit.PacketBytes;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Frames from and to real interfaces. */
@EnabledIf("io.hotbus.net.pcap.Rig#isRoot")
final class PcapLiveTest {
    /** The ring has room for all of them. */
    private static final int TCP_BYTES = 1 << 18;

    @TempDir
    private Path folder;
    private Rig rig;

    @BeforeEach
    void open() throws Exception {
        rig = Rig.live();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void mtu(int mtu) throws Exception {
        rig.namespace.run("ip", "link", "set", "a0", "mtu", String.valueOf(mtu));
        rig.namespace.run("ip", "link", "set", "a1", "mtu", String.valueOf(mtu));
    }

    /** A frame for a station that is not there. */
    private static byte[] frame(int length) {
        final byte[] frame = Captures.data(length, length);
        frame[0] = 2;
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        return frame;
    }

    private void send(Port port, byte[] frame) {
        assertThat(rig.send(port, 0, PacketBytes.packet(rig.pool, frame))).isOne();
    }

    @Test
    void shouldPassFramesBothWays() throws Exception {
        mtu(9000);
        final Port a0 = rig.start("net_pcap0,iface=a0");
        final Port a1 = rig.start("net_pcap1,rx_iface_in=a1,tx_iface=a1");
        for (int length : new int[] {14, 15, 60, 1514, 2048, 2049, 4097, 9014}) {
            send(a0, frame(length));
            assertThat(rig.await(a1, 1)).containsExactly(frame(length));
            send(a1, frame(length));
            assertThat(rig.await(a0, 1)).containsExactly(frame(length));
        }
        assertThat(a0.stats().rxPackets()).as("not its own").isEqualTo(8);
        assertThat(a0.stats()).isEqualTo(a1.stats());
        assertThat(a0.mtu()).isEqualTo(9000);
    }

    @Test
    void shouldHearWhatTheHostSendsButNotItself() throws Exception {
        final Port both = rig.start("net_pcap0,iface=a0");
        final Port apart = rig.start("net_pcap1,rx_iface=a0,tx_iface=a0");
        final Port all = rig.start("net_pcap2,rx_iface=a0");
        final Port incoming = rig.start("net_pcap3,rx_iface_in=a0");
        final Port peer = rig.start("net_pcap4,iface=a1");
        send(both, frame(61));
        send(apart, frame(62));
        send(peer, frame(63));
        assertThat(rig.await(peer, 2)).containsExactly(frame(61), frame(62));
        assertThat(rig.await(both, 2)).containsExactly(frame(62), frame(63));
        assertThat(rig.await(apart, 2)).containsExactly(frame(61), frame(63));
        assertThat(rig.await(all, 3)).containsExactly(frame(61), frame(62), frame(63));
        assertThat(rig.await(incoming, 1)).containsExactly(frame(63));
    }

    @Test
    void shouldHearEachFrameOfTheLoopbackInterfaceOnce() throws Exception {
        final Port port = rig.start("net_pcap0,iface=lo");
        send(port, frame(60));
        send(port, frame(61));
        assertThat(rig.await(port, 2)).containsExactly(frame(60), frame(61));
    }

    @Test
    void shouldReceiveTagsAndTimes() throws Exception {
        final Port a0 = rig.start("net_pcap0,tx_iface=a0");
        final Port a1 = rig.start("net_pcap1,rx_iface=a1");
        final byte[] frame = ByteBuffer.allocate(108).put(frame(100), 0, 12).putInt(0x88a8_0007)
                .putInt(0x8100_e005).put(frame(100), 12, 88).array();
        final long before = nanos();
        send(a0, frame);
        final long[] packets = new long[32];
        Await.until("the frame", () -> rig.receive(a1, 0, packets) == 1);
        assertThat(PacketBytes.of(packets[0])).isEqualTo(frame);
        assertThat(Mbuf.flags(packets[0])).isEqualTo(MbufFlags.RX_TIMESTAMP);
        assertThat(Mbuf.timestamp(packets[0])).isBetween(before, nanos());
        rig.free(packets, 1);
    }

    private static long nanos() {
        final Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    @Test
    void shouldHearTheSegmentsOfALocalStackWhole() throws Exception {
        try (NetNamespace peer = NetNamespace.create()) {
            rig.namespace.run("ip", "link", "set", "a1", "netns", peer.name());
            rig.namespace.run("ip", "addr", "add", "10.9.9.1/24", "dev", "a0");
            peer.run("ip", "addr", "add", "10.9.9.2/24", "dev", "a1");
            peer.run("ip", "link", "set", "a1", "up");
            final Port port = rig.start("net_pcap0,rx_iface=a0");
            final List<byte[]> frames = new ArrayList<>();
            transfer(peer);
            Await.until("all bytes", () -> {
                frames.addAll(rig.receiveAll(port));
                return frames.stream().mapToInt(PcapLiveTest::tcpPayload).sum() >= TCP_BYTES;
            });
            assertThat(frames).anyMatch(frame -> frame.length > 16_000);
            assertThat(frames.stream().filter(frame -> tcpPayload(frame) > 0))
                    .allMatch(frame -> checksum(frame) == 0xffff);
            assertThat(port.stats()).satisfies(stats -> assertThat(
                    List.of(stats.rxErrors(), stats.missed())).containsOnly(0L));
        }
    }

    /** Sends bytes by TCP from the namespace of the rig to {@code peer}. */
    private void transfer(NetNamespace peer) throws Exception {
        final ServerSocket server = peer.call(() -> new ServerSocket(7007));
        final Thread sender = new Thread(() -> {
            try {
                rig.namespace.call(() -> {
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress("10.9.9.2", 7007));
                        socket.getOutputStream().write(new byte[TCP_BYTES]);
                    }
                    return null;
                });
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        sender.start();
        try (server; Socket socket = server.accept()) {
            assertThat(socket.getInputStream().readAllBytes()).hasSize(TCP_BYTES);
        }
        sender.join();
    }

    /** Bytes of TCP that a frame to port 7007 carries; 0 for another frame. */
    private static int tcpPayload(byte[] frame) {
        final ByteBuffer in = ByteBuffer.wrap(frame);
        return frame.length < 54 || in.getShort(12) != 0x0800 || frame[23] != 6
                || in.getShort(36) != 7007 ? 0
                : (in.getShort(16) & 0xffff) - 20 - (frame[46] >> 2 & 0x3c);
    }

    /** The sum over the pseudo-header and TCP: 0xffff if the checksum is right. */
    private static int checksum(byte[] frame) {
        final int length = (ByteBuffer.wrap(frame).getShort(16) & 0xffff) - 20;
        long sum = 6 + length;
        for (int i = 26; i < 34 + length; i++) {
            sum += (frame[i] & 0xffL) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum >> 16 != 0) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return (int) sum;
    }

    @Test
    void shouldMixFilesAndInterfaces() throws Exception {
        final Path first = folder.resolve("first.pcap");
        final Path second = folder.resolve("second.pcap");
        final Port writer = rig.start("net_pcap0,tx_pcap=" + first);
        for (int i = 0; i < 300; i++) {
            send(writer, frame(60 + i));
        }
        rig.detach(writer);

        final Port player = rig.start("net_pcap1,rx_pcap=%s,tx_iface=a0".formatted(first));
        final Port recorder = rig.start("net_pcap2,rx_iface_in=a1,tx_pcap=" + second);
        assertThat(rig.forward(player, player)).isEqualTo(300);
        final int[] recorded = new int[1];
        Await.until("all frames", () -> {
            recorded[0] += rig.forward(recorder, recorder);
            return recorded[0] == 300;
        });
        rig.detach(recorder);

        final List<byte[]> frames = rig.receiveAll(rig.start("net_pcap3,rx_pcap=" + second));
        assertThat(frames).hasSize(300);
        for (int i = 0; i < 300; i++) {
            assertThat(frames.get(i)).isEqualTo(frame(60 + i));
        }
    }

    @Test
    void shouldHaveAQueueForEachInterface() throws Exception {
        final Port port = rig.start(
                "net_pcap0,rx_iface_in=a0,rx_iface_in=a1,tx_iface=a0,tx_iface=a1", 2);
        assertThat(rig.send(port, 0, PacketBytes.packet(rig.pool, frame(70)))).isOne();
        assertThat(rig.send(port, 1, PacketBytes.packet(rig.pool, frame(71)))).isOne();
        final long[] packets = new long[2];
        for (int queue = 0; queue < 2; queue++) {
            final int number = queue;
            Await.until("a frame", () -> rig.receive(port, number, packets) == 1);
            assertThat(PacketBytes.of(packets[0])).isEqualTo(frame(71 - queue));
            rig.free(packets, 1);
        }
        rig.detach(port);

        rig.start("net_pcap1,rx_iface=a0,rx_iface=a1,tx_pcap=" + folder.resolve("x"));
        assertThat(rig.log).contains("net_pcap1: has 1 queue(s) for 2 files and interfaces, [a1]"
                + " not used (--rxq 2)");
    }

    @Test
    void shouldReceiveNothingOfTheTimeInWhichItIsStopped() throws Exception {
        final Port a0 = rig.start("net_pcap0,iface=a0");
        final Port a1 = rig.start("net_pcap1,iface=a1");
        a1.stop();
        assertThat(a1.link().up()).isFalse();
        assertThat(rig.namespace.run("ip", "-d", "link", "show", "a1")).contains("promiscuity 0");
        send(a0, frame(60));
        rig.start(a1);
        assertThat(rig.namespace.run("ip", "-d", "link", "show", "a1")).contains("promiscuity 1");
        assertThat(a1.link().speedMbps()).isEqualTo(10_000);
        send(a0, frame(61));
        assertThat(rig.await(a1, 1)).containsExactly(frame(61));
    }

    @Test
    void shouldCountWhatIsLost() throws Exception {
        final Port a0 = rig.start("net_pcap0,tx_iface=a0");
        final Port a1 = rig.start("net_pcap1,rx_iface=a1");
        send(a0, frame(1515));
        send(a0, frame(5000));
        assertThat(a0.stats()).isEqualTo(new EthStats(0, 0, 0, 0, 0, 0, 0, 2));
        for (int i = 0; i < 4000; i++) {
            send(a0, frame(1000));
        }
        final long[] received = new long[1];
        Await.until("frames received and missed are those sent", () -> {
            received[0] += rig.receiveAll(a1).size();
            return received[0] + a1.stats().missed() == 4000;
        });
        assertThat(a1.stats().missed()).isPositive();
        a1.stop();
        assertThat(received[0] + a1.stats().missed()).isEqualTo(4000);
    }

    @Test
    void shouldHaveTheAddressOfItsInterface() throws Exception {
        rig.namespace.run("ip", "link", "set", "a0", "address", "02:00:00:00:00:99");
        assertThat(rig.attach("net_pcap0,iface=a0,phy_mac=1").macAddress())
                .hasToString("02:00:00:00:00:99");
        assertThat(rig.attach("net_pcap1,rx_pcap=%s,tx_iface=a0,phy_mac=1"
                .formatted(empty())).macAddress()).hasToString("02:00:00:00:00:99");
        assertThat(rig.attach("net_pcap2,iface=a0").macAddress())
                .hasToString("02:70:63:61:70:02");
    }

    private Path empty() throws Exception {
        final Path path = folder.resolve("empty.pcap");
        rig.detach(rig.attach("net_pcap9,tx_pcap=" + path));
        return path;
    }

    @Test
    void shouldSayWhatIsWrongWithAnInterface() throws Exception {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> rig.attach("net_pcap0,iface=nosuch"))
                .withMessage("net_pcap0: there is no network interface nosuch (ip link)");
        rig.namespace.run("ip", "tuntap", "add", "t0", "mode", "tun");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> rig.attach("net_pcap0,rx_iface=t0"))
                .withMessageContaining("the frames of t0 are not Ethernet frames");
    }
}
