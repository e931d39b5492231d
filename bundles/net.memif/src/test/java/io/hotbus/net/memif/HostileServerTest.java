// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.os.UnixSocketName;
import io.hotbus.os.UnixSockets;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.TestOs;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that lies: the client ends the connection, says why, and dials again. */
@Timeout(300)
final class HostileServerTest {
    private static final Message.Hello HELLO =
            new Message.Hello("x", Message.VERSION, Message.VERSION, 0, 0, 0, 4);
    private static final int SLOTS = 16;

    private final Linux linux = TestOs.linux();
    private final Sockets sockets = TestOs.sockets();
    private final List<Integer> open = new ArrayList<>();
    private Rig rig;
    private Mempool pool;
    private Port client;
    private int listener;
    private int fd;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
        pool = rig.pool(256);
        listener = opened(sockets.open("server", UnixSockets.AF_UNIX,
                UnixSockets.SOCK_SEQPACKET, 0));
        UnixSocketName name = new UnixSocketName(rig.socket, true, -1, -1);
        sockets.bind("server", listener, name.address());
        sockets.listen("server", listener, 1);
        client = rig.start("net_memif0", 1, pool);
        fd = opened(sockets.accept("server", listener));
    }

    @AfterEach
    void close() throws Exception {
        assertThat(pool.available()).isEqualTo(256);
        open.forEach(linux::close);
        rig.close();
    }

    private int opened(int descriptor) {
        open.add(descriptor);
        return descriptor;
    }

    private void send(Message message) throws LinuxException {
        sockets.send("server", fd, message.bytes(), 0);
    }

    private Sockets.Message receive(ByteBuffer into) throws LinuxException {
        Sockets.Message received = sockets.receive("server", fd, into, 0);
        received.fds().forEach(this::opened);
        return received;
    }

    private String refusal() throws Exception {
        while (true) {
            ByteBuffer bytes = ByteBuffer.allocate(Message.BYTES);
            receive(bytes);
            if (Message.parse(bytes.flip()) instanceof Message.Disconnect end) {
                return end.reason();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            256 | 511  | Incompatible memif version: 1.0 to 1.255, not 2.0
            768 | 1023 | Incompatible memif version: 3.0 to 3.255, not 2.0
            """)
    void shouldRefuseAnotherVersion(int min, int max, String reason) throws Exception {
        send(new Message.Hello("x", min, max, 0, 0, 0, 10));
        assertThat(refusal()).isEqualTo(reason);
    }

    @Test
    void shouldRefuseMessagesOutOfOrder() throws Exception {
        send(new Message.Ack());
        assertThat(refusal()).isEqualTo("Unexpected message Ack");
        fd = opened(sockets.accept("server", listener)); // it dials again
        send(new Message.Connected("x"));
        assertThat(refusal()).isEqualTo("Unexpected message Connected");
        fd = opened(sockets.accept("server", listener));
        send(HELLO);
        send(HELLO);
        assertThat(refusal()).isEqualTo("Unexpected message Hello");
    }

    /** Connects. Returns the address of the region: ring S2M, ring M2S, buffers. */
    private long connect() throws Exception {
        send(HELLO);
        int memory = -1;
        for (int i = 0; i < 4; i++) {
            ByteBuffer bytes = ByteBuffer.allocate(Message.BYTES);
            Sockets.Message received = receive(bytes);
            if (Message.parse(bytes.flip()) instanceof Message.AddRegion) {
                memory = received.fds().get(0);
            }
            send(new Message.Ack());
        }
        receive(ByteBuffer.allocate(Message.BYTES));
        long address = linux.map("region", 2 * RingPlace.bytes(4), memory, 0);
        assertThat(linux.keepsItsSize(memory)).isTrue();
        send(new Message.Connected("x"));
        Rig.awaitUp(client);
        return address;
    }

    private void assertEnds(String reason) throws Exception {
        Await.until("the link ends", () -> {
            Frames.send(client, pool, 0, 1);
            assertThat(client.rxQueue(0).burst(
                    pool.mempools().uncached(), new long[4], 4)).isZero();
            return !client.link().up();
        });
        assertThat(refusal()).isEqualTo(reason);
        assertThat(client.stats().rxErrors() + client.stats().txErrors()).isEqualTo(1);
        fd = opened(sockets.accept("server", listener));
        linux.unmap(connect(), 2 * RingPlace.bytes(4));
    }

    @Test
    void shouldEndAConnectionThatConsumesWhatWasNotSent() throws Exception {
        long region = connect();
        RawMemory.putShortRelease(region + 64, (short) 5);
        assertEnds("ring S2M tail jumped to 5 at 0 of 16 slots");
        linux.unmap(region, 2 * RingPlace.bytes(4));
    }

    @Test
    void shouldEndAConnectionThatFillsWhatWasNotOffered() throws Exception {
        long region = connect();
        RawMemory.putShortRelease(region + RingPlace.bytes(4) + 64, (short) (SLOTS + 1));
        assertEnds("ring M2S tail jumped to 17 at 0 of 16 slots");
        linux.unmap(region, 2 * RingPlace.bytes(4));
    }

    @Test
    void shouldEndAConnectionThatFillsMoreThanABuffer() throws Exception {
        long region = connect();
        client.rxQueue(0).burst(pool.mempools().uncached(), new long[1], 1);
        long ring = region + RingPlace.bytes(4);
        RawMemory.putInt(ring + RingPlace.HEADER_BYTES + 4, 2049);
        RawMemory.putShortRelease(ring + 64, (short) 1);
        assertEnds("ring M2S slot 0: 2049 bytes in a buffer of 2048");
        linux.unmap(region, 2 * RingPlace.bytes(4));
    }
}
