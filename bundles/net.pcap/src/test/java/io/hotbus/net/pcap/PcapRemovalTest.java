// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testkit.TestOs;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PcapRemovalTest {
    @TempDir
    private Path folder;
    private Rig rig;
    private Path in;
    private Path out;
    private byte[] capture;

    @BeforeEach
    void makeRig() throws Exception {
        rig = new Rig(TestOs.linux(), 2048);
        in = folder.resolve("in.pcap");
        out = folder.resolve("out.pcap");
        Captures frames = Captures.nanos();
        for (int i = 0; i < 1000; i++) {
            frames.record(i, i, Captures.data(i, 1000));
        }
        capture = frames.bytes();
        Files.write(in, capture);
    }

    @AfterEach
    void closeRig() {
        rig.close();
    }

    private static String next(BlockingQueue<String> told) throws Exception {
        return told.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private void truncate(long size) throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(in.toFile(), "rw")) {
            file.setLength(size);
        }
    }

    @Test
    void shouldBeGoneWhenItsInputShrinksAndReturnWhenThatIsWhole() throws Exception {
        String devargs = "net_pcap0,tx_mode=truncate,rx_pcap=%s,tx_pcap=%s".formatted(in, out);
        Port port = rig.start(devargs);
        long[] packets = new long[32];
        assertThat(rig.receive(port, 0, packets)).isEqualTo(32);
        rig.send(port, 0, packets);

        truncate(500);

        assertThat(next(rig.unplugged)).isEqualTo("net_pcap0");
        assertThat(rig.log).containsExactly("net_pcap0: %s: was truncated from %s to 500 bytes"
                .formatted(in, capture.length));
        rig.receiveAll(port);
        rig.detach(port);
        assertThat(out.toFile().length()).as("what was sent is in the file")
                .isEqualTo(24 + 32 * 1016);
        final long written = out.toFile().length();

        Await.until("the driver waits", () -> rig.log.size() > 1);
        assertThat(rig.log.get(1)).startsWith("net_pcap0: waits for " + in + ": byte");
        Files.write(in, Arrays.copyOf(capture, 24 + 10 * 1016 + 7));
        Await.until("the driver waits on", () -> rig.log.size() > 2);
        assertThat(rig.plugged).isEmpty();

        Files.write(in, capture);
        assertThat(next(rig.plugged)).isEqualTo("net_pcap0");
        Port again = rig.start(devargs);
        assertThat(rig.receiveAll(again)).hasSize(1000);
        assertThat(out.toFile().length()).as("not truncated").isEqualTo(written);
        rig.detach(again);
        assertThat(rig.plugged).isEmpty();
    }

    @Test
    void shouldNotMindThatItsInputIsRenamedOrDeleted() throws Exception {
        Port port = rig.start("net_pcap0,rx_pcap=" + in);
        long[] packets = new long[10];
        rig.free(packets, rig.receive(port, 0, packets));
        Files.move(in, out);
        Files.delete(out);
        assertThat(rig.receiveAll(port)).hasSize(990);
        rig.detach(port);
        assertThat(rig.unplugged).isEmpty();
        assertThat(rig.plugged).isEmpty();
    }

    @Test
    void shouldBeGoneWhenItsOutputIsDeletedAndReturnWithANewOne() throws Exception {
        Path sub = Files.createDirectory(folder.resolve("sub"));
        out = sub.resolve("out.pcap");
        Port port = rig.start("net_pcap0,tx_mode=new,tx_pcap=" + out);
        Files.delete(out);
        Files.delete(sub);

        assertThat(next(rig.unplugged)).isEqualTo("net_pcap0");
        assertThat(rig.log).containsExactly("net_pcap0: " + out + ": was deleted");
        long packet = PacketBytes.packet(rig.pool, Captures.data(1, 60));
        assertThat(rig.send(port, 0, packet)).as("frames sent").isZero();
        rig.free(new long[] {packet}, 1);
        rig.detach(port);

        Files.createDirectory(sub);
        assertThat(next(rig.plugged)).isEqualTo("net_pcap0");
        rig.start("net_pcap0,tx_mode=new,tx_pcap=" + out);
        assertThat(out).isRegularFile();
    }

    @Test
    void shouldEndItsThreadWithTheLastDevice() throws Exception {
        Port port = rig.start("net_pcap0,rx_pcap=" + in);
        assertThat(threads()).isOne();
        rig.detach(port);
        Await.until("the thread has ended", () -> threads() == 0);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("pcap-watch")).count();
    }
}
