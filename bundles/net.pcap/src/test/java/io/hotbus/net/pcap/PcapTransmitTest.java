// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testkit.TestOs;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PcapTransmitTest {
    private static final int ENOSPC = 28;
    private static final byte[] DATA = Captures.data(1, 60);

    @TempDir
    private Path folder;
    private Rig rig;
    private Path in;
    private Path out;
    /** The errno that each write fails with; 0: it does not. */
    private volatile int errno;

    @BeforeEach
    void makeRig() throws Exception {
        rig = new Rig(fullAtWill(TestOs.linux()), 2048);
        in = folder.resolve("in.pcap");
        out = folder.resolve("out.pcap");
    }

    @AfterEach
    void closeRig() {
        rig.close();
    }

    /** The system calls, but writes fail when told so: half of the bytes are written first. */
    private Linux fullAtWill(Linux linux) {
        return (Linux) Proxy.newProxyInstance(Linux.class.getClassLoader(),
                new Class<?>[] {Linux.class}, (proxy, method, args) -> {
                    if (errno != 0 && method.getName().equals("write")) {
                        ByteBuffer bytes = (ByteBuffer) args[1];
                        if (bytes.remaining() > 1) {
                            ByteBuffer half = bytes.duplicate();
                            half.limit(half.position() + half.remaining() / 2);
                            linux.write((int) args[0], half, (long) args[2]);
                        }
                        throw new LinuxException("pwrite", errno, "ENOSPC (No space left)");
                    }
                    try {
                        return method.invoke(linux, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private Captures frames() {
        Captures capture = Captures.nanos();
        for (int i = 0; i < 300; i++) {
            byte[] data = Captures.data(i, 1 + i * 53 % 9000);
            capture.record(1_700_000_000 + i, 999_999_999 - i, data,
                    i % 3 == 0 ? data.length : data.length + 1000);
        }
        return capture;
    }

    @Test
    void shouldWriteWhatItReads() throws Exception {
        Files.write(in, frames().bytes());
        Port from = rig.start("net_pcap0,rx_pcap=" + in);
        Port to = rig.start("net_pcap1,tx_pcap=" + out);

        assertThat(rig.forward(from, to)).isEqualTo(300);
        to.close();

        assertThat(Files.readAllBytes(out)).isEqualTo(Files.readAllBytes(in));
        assertThat(to.stats().txPackets()).isEqualTo(300);
        assertThat(to.stats().txBytes()).isEqualTo(from.stats().rxBytes());
        assertThat(to.stats().txErrors()).isZero();
    }

    @Test
    void shouldConvertToPcapngAndBack() throws Exception {
        Files.write(in, frames().bytes());
        Path next = folder.resolve("next.pcapng");
        Port to = rig.start("net_pcap1,tx_pcap=" + next);
        rig.forward(rig.start("net_pcap0,rx_pcap=" + in), to);
        to.close();

        Port back = rig.start("net_pcap2,tx_pcap=" + out);
        rig.forward(rig.start("net_pcap3,rx_pcap=" + next), back);
        back.close();

        assertThat(Files.readAllBytes(out)).isEqualTo(Files.readAllBytes(in));
    }

    private void send(Port port, int frames) {
        for (int i = 0; i < frames; i++) {
            assertThat(rig.send(port, 0, PacketBytes.packet(rig.pool, DATA))).isOne();
        }
    }

    private static long fileFrames(Path path) throws Exception {
        byte[] bytes = Files.readAllBytes(path);
        CaptureReader reader = CaptureReader.open(Captures.input(bytes, 1 << 20));
        long frames = 0;
        while (reader.next()) {
            frames++;
        }
        assertThat(reader.hasFlaw()).isFalse();
        return frames;
    }

    @Test
    void shouldWriteTheTimeAtWhichItSends() throws Exception {
        long before = Instant.now().getEpochSecond();
        Port port = rig.start("net_pcap0,tx_pcap=" + out);
        send(port, 1);
        port.stop();

        CaptureReader reader = CaptureReader.open(
                Captures.input(Files.readAllBytes(out), 1 << 20));
        assertThat(reader.next()).isTrue();
        assertThat(reader.time() / 1_000_000_000)
                .isBetween(before, Instant.now().getEpochSecond());
    }

    @Test
    void shouldKeepTheFileOverAStopAndAnotherAttach() throws Exception {
        for (String name : new String[] {"out.pcap", "out.pcapng"}) {
            out = folder.resolve(name);
            Port port = rig.start("net_pcap0,tx_pcap=" + out);
            send(port, 2);
            port.stop();
            assertThat(fileFrames(out)).isEqualTo(2);
            port.start();
            send(port, 3);
            rig.detach(port);
            send(rig.start("net_pcap0,tx_pcap=" + out), 4);
            rig.detach(rig.ports.port("net_pcap0").orElseThrow());

            assertThat(fileFrames(out)).isEqualTo(9);
            send(rig.start("net_pcap0,tx_mode=truncate,tx_pcap=" + out), 1);
            rig.detach(rig.ports.port("net_pcap0").orElseThrow());
            assertThat(fileFrames(out)).isOne();
        }
    }

    @Test
    void shouldShowFramesSoonThoughFewAreSent() throws Exception {
        Port port = rig.start("net_pcap0,tx_pcap=" + out);
        send(port, 1);
        Await.until("the frame is in the file", () -> out.toFile().length() == 24 + 16 + 60);
    }

    @Test
    void shouldWriteOneFileByTwoQueues() throws Exception {
        Port port = rig.start("net_pcap0,tx_pcap=%s,tx_pcap=%s".formatted(out, out), 2);
        for (int i = 0; i < 500; i++) {
            rig.send(port, i % 2, PacketBytes.packet(rig.pool, Captures.data(i, 1000)));
        }
        port.close();
        assertThat(fileFrames(out)).isEqualTo(500);
        assertThat(port.stats().txPackets()).isEqualTo(500);
    }

    @Test
    void shouldWriteChainsWhole() throws Exception {
        Port port = rig.start("net_pcap0,tx_pcap=" + out);
        long[] parts = {PacketBytes.packet(rig.pool, DATA),
                PacketBytes.packet(rig.pool, Captures.data(2, 2000))};
        Mbuf.append(parts[0], parts[0], parts[1]);
        Mbuf.retain(parts[0], 1);
        assertThat(rig.send(port, 0, parts[0], parts[0])).isEqualTo(2);
        port.close();

        byte[] file = Files.readAllBytes(out);
        assertThat(file).hasSize(24 + 2 * (16 + 2060));
        assertThat(Arrays.copyOfRange(file, 24 + 16, 24 + 76)).isEqualTo(DATA);
        assertThat(Arrays.copyOfRange(file, 24 + 76, 24 + 16 + 2060))
                .isEqualTo(Captures.data(2, 2000));
    }

    @Test
    void shouldCountFramesAsDroppedWhereItWritesNoFile() throws Exception {
        Files.write(in, frames().bytes());
        Port port = rig.start("net_pcap0,rx_pcap=" + in);
        send(port, 5);
        assertThat(port.stats()).isEqualTo(new EthStats(0, 0, 0, 0, 0, 0, 0, 5));
    }

    @Test
    void shouldCountAndTellWhenTheDiskIsFullAndGoOnLater() throws Exception {
        Port port = rig.start("net_pcap0,tx_pcap=" + out);
        send(port, 3);
        Await.until(() -> out.toFile().length() == 24 + 3 * 76);
        errno = ENOSPC;
        send(port, 4);
        Await.until("the loss is told", () -> !rig.log.isEmpty());
        assertThat(port.stats().txPackets()).isEqualTo(3);
        assertThat(port.stats().txErrors()).isEqualTo(4);
        assertThat(port.stats().txBytes()).isEqualTo(180);
        assertThat(fileFrames(out)).isEqualTo(3);
        errno = 0;
        send(port, 2);
        port.close();

        assertThat(fileFrames(out)).isEqualTo(5);
        assertThat(rig.log).containsExactly(
                "net_pcap0: " + out + ": pwrite: ENOSPC (No space left): frames are dropped until "
                        + "there is room (they count as tx errors)",
                "net_pcap0: " + out + ": frames are written again, 4 are lost");
        assertThat(rig.unplugged).isEmpty();
    }

    @Test
    void shouldTellOfAFullDiskThatHasRoomAgainAtOnce() throws Exception {
        Files.createFile(out);
        CaptureFile file = new CaptureFile("net_pcap0", OpenFile.open("net_pcap0",
                fullAtWill(TestOs.linux()), out, true), RecordFormat.PCAP, 0);
        errno = ENOSPC;
        file.write(new byte[10], 10, 1);
        errno = 0;
        file.write(new byte[10], 10, 1);
        file.close();
        assertThat(rig.log).containsExactly("net_pcap0: " + out + ": pwrite: ENOSPC (No space left)"
                + ": frames are dropped until there is room (they count as tx errors); frames are "
                + "written again, 1 are lost");
    }

    private void assertRefused(String args, String message) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> rig.attach("net_pcap0," + args)).withMessageContaining(message);
        assertThat(rig.ports.port("net_pcap0")).isEmpty();
    }

    @Test
    void shouldRefuseToDamageAFile() throws Exception {
        assertRefused("tx_pcap=/nonexistent/out.pcap", "net_pcap0: /nonexistent/out.pcap: cannot"
                + " be created: NoSuchFile (is its folder there, and writable?)");
        assertRefused("tx_pcap=/dev/null", "net_pcap0: /dev/null: is not a regular file");
        Files.writeString(out, "a text that somebody wrote");
        assertRefused("tx_pcap=" + out, "is no file that this driver can continue (pcap with");
        assertRefused("tx_mode=new,tx_pcap=" + out, "is there already, and tx_mode=new");
        assertThat(Files.readString(out)).startsWith("a text");
        Files.write(out, Captures.pcap(ByteOrder.BIG_ENDIAN, PcapReader.NANOSECONDS, 0, 1).bytes());
        assertRefused("tx_pcap=" + out, "is no file that this driver can continue");
        byte[] whole = frames().bytes();
        Files.write(out, Arrays.copyOf(whole, whole.length - 1));
        assertRefused("tx_pcap=" + out, "it is cut off: 1 bytes more are needed; tx_mode=truncate");
        assertThat(Files.size(out)).isEqualTo(whole.length - 1);
        Files.write(in, whole);
        assertRefused("rx_pcap=%s,tx_pcap=%s".formatted(in, in), "cannot be read and written");
        rig.attach("net_pcap1,tx_pcap=" + in);
        assertRefused("tx_pcap=" + in, "is written by net_pcap1 already");
        rig.detach(rig.ports.port("net_pcap1").orElseThrow());
        rig.attach("net_pcap0,tx_pcap=" + in);
    }
}
