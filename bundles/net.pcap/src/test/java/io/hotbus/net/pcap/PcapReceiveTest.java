// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testkit.TestOs;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PcapReceiveTest {
    private static final int ROOM = 256;

    @TempDir
    private Path folder;
    private Rig rig;
    private Path in;

    @BeforeEach
    void makeRig() throws Exception {
        rig = new Rig(TestOs.linux(), ROOM);
        in = folder.resolve("in.pcap");
    }

    @AfterEach
    void closeRig() {
        rig.close();
    }

    private List<byte[]> write(Path path, int frames, int shortest, int step) throws Exception {
        Captures capture = Captures.nanos();
        List<byte[]> written = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            byte[] data = Captures.data(i, shortest + i * step);
            capture.record(100 + i, i, data);
            written.add(data);
        }
        Files.write(path, capture.bytes());
        return written;
    }

    @Test
    void shouldReceiveEachFrameOnce() throws Exception {
        List<byte[]> frames = write(in, 100, 60, 1);
        Port port = rig.start("net_pcap0,rx_pcap=" + in);

        assertThat(rig.receiveAll(port)).usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(frames);
        long bytes = frames.stream().mapToLong(frame -> frame.length).sum();
        assertThat(port.stats()).isEqualTo(new EthStats(100, bytes, 0, 0, 0, 0, 0, 0));
        assertThat(port.info().macAddress()).hasToString("02:70:63:61:70:00");
        assertThat(rig.attach("net_pcap7,rx_pcap=" + in).info().macAddress())
                .hasToString("02:70:63:61:70:07");
        assertThat(rig.log).isEmpty();
    }

    @Test
    void shouldBeginAgainAtEachStart() throws Exception {
        List<byte[]> frames = write(in, 40, 60, 1);
        Port port = rig.start("net_pcap0,rx_pcap=" + in);
        long[] packets = new long[10];
        rig.free(packets, rig.receive(port, 0, packets));
        Files.delete(in);

        port.stop();
        port.start();

        assertThat(rig.receiveAll(port)).hasSameSizeAs(frames);
        assertThat(port.stats().rxPackets()).isEqualTo(50);
    }

    @Test
    void shouldReceiveLongFramesAsChains() throws Exception {
        Files.write(in, Captures.nanos().record(1, 1, Captures.data(1, 3 * ROOM + 1))
                .record(2, 2, Captures.data(2, ROOM)).record(3, 3, Captures.data(3, 60_000))
                .record(4, 4, Captures.data(4, 255 * ROOM + 1)).record(5, 5, new byte[0])
                .record(6, 6, Captures.data(6, 60)).bytes());
        for (String more : List.of("", ",infinite_rx=1")) {
            if (!more.isEmpty()) {
                Files.write(in, Captures.nanos().record(1, 1, Captures.data(1, 3 * ROOM + 1))
                        .record(2, 2, Captures.data(2, ROOM))
                        .record(3, 3, Captures.data(3, 60_000)).record(5, 5, new byte[0])
                        .record(6, 6, Captures.data(6, 60)).bytes());
            }
            Port port = rig.start("net_pcap0,rx_pcap=" + in + more);
            long[] packets = new long[4];
            assertThat(rig.receive(port, 0, packets)).isEqualTo(4);
            assertThat(Mbuf.segments(packets[0])).isEqualTo(4);
            assertThat(Mbuf.isPlain(packets[1])).isTrue();
            assertThat(PacketBytes.of(packets[0])).isEqualTo(Captures.data(1, 3 * ROOM + 1));
            assertThat(PacketBytes.of(packets[1])).isEqualTo(Captures.data(2, ROOM));
            assertThat(PacketBytes.of(packets[2])).isEqualTo(Captures.data(3, 60_000));
            assertThat(PacketBytes.of(packets[3])).isEqualTo(Captures.data(6, 60));
            rig.free(packets, 4);
            assertThat(port.stats().rxErrors()).isEqualTo(more.isEmpty() ? 2 : 0);
            rig.detach(port);
        }
    }

    @Test
    void shouldLoseNoFrameWhereBuffersAreShort() throws Exception {
        List<byte[]> frames = write(in, 20, ROOM * 3, 1);
        Port port = rig.start("net_pcap0,rx_pcap=" + in);
        long[] all = new long[Rig.BUFFERS];
        int held = rig.pool.get(all, 0, Rig.BUFFERS - 10);

        List<byte[]> received = rig.receiveAll(port);

        assertThat(received).hasSize(20).usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(frames);
        assertThat(port.stats().noMbuf()).isPositive();
        assertThat(port.stats().rxErrors()).isZero();
        rig.pool.put(all, 0, held);
    }

    @Test
    void shouldRepeatTheFileForEver() throws Exception {
        List<byte[]> frames = write(in, 7, 60, 40);
        Port port = rig.start("net_pcap0,rx_pcap=" + in + ",infinite_rx=1");
        Files.write(in, new byte[0]);
        long[] packets = new long[32];
        int next = 0;
        for (int round = 0; round < 10; round++) {
            assertThat(rig.receive(port, 0, packets)).isEqualTo(32);
            for (long packet : packets) {
                assertThat(PacketBytes.of(packet)).isEqualTo(frames.get(next));
                next = (next + 1) % 7;
            }
            // A receiver may write to its packets.
            assertThat(Arrays.stream(packets).distinct().count()).isEqualTo(32);
            for (long packet : packets) {
                RawMemory.fill(Mbuf.data(packet), 60, (byte) 0);
            }
            rig.free(packets, 32);
        }
        assertThat(rig.unplugged).isEmpty();
    }

    @Test
    void shouldHaveAQueueForEachFile() throws Exception {
        write(in, 5, 60, 1);
        Path second = folder.resolve("second.pcapng");
        Files.write(second, new Captures(ByteOrder.BIG_ENDIAN)
                .section(ByteOrder.BIG_ENDIAN).iface(1, 0)
                .enhanced(0, 1, Captures.data(9, 99), 99).bytes());
        String devargs = "net_pcap0,rx_pcap=%s,rx_pcap=%s".formatted(in, second);
        Port port = rig.start(devargs, 2);
        long[] packets = new long[32];

        assertThat(port.info().rx().maxQueues()).isEqualTo(2);
        assertThat(port.info().tx().maxQueues()).isEqualTo(2);
        assertThat(rig.receive(port, 1, packets)).isOne();
        assertThat(PacketBytes.of(packets[0])).isEqualTo(Captures.data(9, 99));
        rig.free(packets, 1);
        assertThat(rig.receiveAll(port)).hasSize(5);
        rig.detach(port);
        assertThat(rig.log).isEmpty();

        rig.start(devargs, 1);
        assertThat(rig.log).containsExactly("net_pcap0: has 1 queue(s) for 2 files and interfaces, "
                + "[" + second + "] not used (--rxq 2)");
    }

    @Test
    void shouldTellOnceWhereAFileIsDamaged() throws Exception {
        byte[] whole = Captures.nanos().record(1, 1, Captures.data(1, 60))
                .record(2, 2, Captures.data(2, 60)).bytes();
        Files.write(in, Arrays.copyOf(whole, whole.length - 5));
        Port port = rig.start("net_pcap0,rx_pcap=" + in);

        assertThat(rig.receiveAll(port)).hasSize(1);

        assertThat(port.stats().rxErrors()).isOne();
        Await.until("the flaw is told", () -> !rig.log.isEmpty());
        rig.detach(port);
        assertThat(rig.log).containsExactly("net_pcap0: " + in + ": byte 100: it is cut off: 5 "
                + "bytes more are needed (the frames before were received)");
        assertThat(rig.unplugged).isEmpty();
    }

    private void assertRefused(String args, String message) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> rig.attach("net_pcap0," + args)).withMessage(message);
        assertThat(rig.ports.ports()).isEmpty();
    }

    @Test
    void shouldRefuseFilesThatItCannotReceive() throws Exception {
        assertRefused("rx_pcap=" + in, "net_pcap0: " + in + ": there is no such file (in "
                + Path.of("").toAbsolutePath() + ")");
        assertRefused("rx_pcap=/dev/zero", "net_pcap0: /dev/zero: is not a regular file");
        Files.write(in, new byte[0]);
        assertRefused("rx_pcap=" + in,
                "net_pcap0: " + in + ": it is empty, without the header of a capture");
        Files.write(in, Captures.nanos().bytes());
        assertRefused("infinite_rx=1,rx_pcap=" + in,
                "net_pcap0: " + in + ": it has no frames, and infinite_rx=1 needs one");
        Files.write(in, Captures.pcap(ByteOrder.LITTLE_ENDIAN, PcapReader.NANOSECONDS, 0,
                12).bytes());
        assertRefused("rx_pcap=" + in, "net_pcap0: " + in
                + ": byte 20: the link type is 12, and only Ethernet (1) is possible");
        byte[] whole = Captures.nanos().record(1, 1, Captures.data(1, 60))
                .record(2, 2, Captures.data(2, 60)).bytes();
        Files.write(in, Arrays.copyOf(whole, whole.length - 5));
        assertRefused("infinite_rx=1,rx_pcap=" + in, "net_pcap0: " + in
                + ": byte 100: it is cut off: 5 bytes more are needed");
    }
}
