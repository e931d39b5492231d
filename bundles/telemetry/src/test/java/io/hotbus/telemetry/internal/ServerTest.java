// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.os.UnixSockets;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.TestOs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real socket, and clients that are friendly and not. */
class ServerTest {
    private static final int LIMIT_MILLIS = (int) Await.LIMIT.toMillis();
    private static final String CLIENT = "client";

    private final Linux linux = TestOs.linux();
    private final Sockets sockets = TestOs.sockets();
    private final UnixSockets unix =
            new UnixSockets(linux, sockets, UnixSockets.SOCK_SEQPACKET);
    private final List<Integer> clients = new ArrayList<>();
    private SocketFile file;
    private Server server;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        file = SocketFile.listen(unix, folder);
        server = new Server(linux, sockets, file, "hello".getBytes(StandardCharsets.UTF_8),
                request -> new byte[request.length + 1]);
    }

    @AfterEach
    void stop() {
        clients.forEach(linux::close);
        server.close();
        server.close();
    }

    private int dial() throws LinuxException {
        final int client = unix.dial(CLIENT, file.name());
        clients.add(client);
        return client;
    }

    private int dialGreeted() throws LinuxException {
        final int client = dial();
        assertThat(new String(receive(client), StandardCharsets.UTF_8)).isEqualTo("hello");
        return client;
    }

    /** The next message; empty if the server has disconnected. */
    private byte[] receive(int client) throws LinuxException {
        assertThat(linux.poll(LIMIT_MILLIS, client)).as("the server said something").isOne();
        final ByteBuffer into = ByteBuffer.allocate(1 << 16);
        try {
            linux.read(client, into);
        } catch (LinuxException e) {
            return new byte[0]; // it had not read everything
        }
        return Arrays.copyOf(into.array(), into.position());
    }

    private void send(int client, int bytes) throws LinuxException {
        sockets.send(CLIENT, client, ByteBuffer.allocate(bytes), Sockets.MSG_DONTWAIT);
    }

    @Test
    void shouldGreetAndAnswerEachRequest() throws Exception {
        final int client = dialGreeted();
        for (int length : new int[] {1, 2, 700, Server.MAX_REQUEST}) {
            send(client, length);
            assertThat(receive(client)).hasSize(length + 1);
        }
    }

    @Test
    void shouldDropWhatALongRequestHasTooMuch() throws Exception {
        final int client = dialGreeted();
        send(client, 100_000);
        assertThat(receive(client)).hasSize(Server.MAX_REQUEST + 1);
        send(client, 3);
        assertThat(receive(client)).hasSize(4);
    }

    @Test
    void shouldDisconnectAnEleventhClient() throws Exception {
        for (int i = 0; i < Server.MAX_CLIENTS; i++) {
            dialGreeted();
        }
        assertThat(receive(dial())).isEmpty();
        send(clients.get(0), 5);
        assertThat(receive(clients.get(0))).hasSize(6);
        linux.close(clients.remove(0));
        Await.until("there is room again", () -> {
            try {
                return receive(dial()).length > 0;
            } catch (LinuxException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void shouldDisconnectAClientThatNeverReadsAndServeTheOthers() throws Exception {
        final int silent = dialGreeted();
        final int reader = dialGreeted();
        boolean disconnected = false;
        while (!disconnected) {
            try {
                send(silent, Server.MAX_REQUEST);
            } catch (LinuxException e) {
                disconnected = e.errno() != Errno.EAGAIN;
            }
            send(reader, 1);
            assertThat(receive(reader)).hasSize(2);
        }
        assertThat(disconnected).isTrue();
    }

    @Test
    void shouldOutliveClientsThatGoAtOnce() throws Exception {
        int gone = 0;
        while (gone < 100) {
            try {
                linux.close(unix.dial(CLIENT, file.name()));
                gone++;
            } catch (LinuxException e) {
                assertThat(e.errno()).as("too many wait").isEqualTo(Errno.EAGAIN);
            }
        }
        Await.until("one is served", () -> {
            try {
                return receive(dial()).length > 0;
            } catch (LinuxException e) {
                return false; // the queue of those who wait is full
            }
        });
    }

    @Test
    void shouldDisconnectAllAndDeleteTheSocketAtTheEnd() throws Exception {
        final int client = dialGreeted();
        final Path path = Path.of(file.name().name());
        assertThat(path).exists();
        server.close();
        assertThat(receive(client)).isEmpty();
        assertThat(path).doesNotExist();
    }

    @Test
    void shouldReplaceTheSocketOfAProcessThatIsGoneAndNoOther() throws Exception {
        final SocketFile second = SocketFile.listen(unix, folder);
        assertThat(second.name().name()).isEqualTo(folder + "/dpdk_telemetry.v2:1");
        linux.close(second.fd()); // as a process that is killed
        assertThat(Files.exists(Path.of(second.name().name()))).isTrue();

        final SocketFile third = SocketFile.listen(unix, folder);
        assertThat(third.name()).isEqualTo(second.name());
        unix.stopListening(third.name(), third.fd());
        dialGreeted();
    }
}
