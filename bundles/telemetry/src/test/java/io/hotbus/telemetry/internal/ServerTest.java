// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.os.UnixSockets;
import io.hotbus.telemetry.TelemetryCommand;
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
import java.util.Map;
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
    private final Registry registry = new Registry(Map.of());
    private SocketFile file;
    private SocketFile registering;
    private Server server;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        file = SocketFile.listen(unix, folder);
        registering = SocketFile.listen(unix, folder, SocketFile.LEGACY);
        server = new Server(linux, sockets, List.of(
                new Server.Entrance(file, "hello".getBytes(StandardCharsets.UTF_8),
                        request -> Conversation.Step.reply(new byte[request.length + 1])),
                new Server.Entrance(registering, new byte[0], new Legacy(registry)::register)));
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

    private int register(String request) throws LinuxException {
        final int client = unix.dial(CLIENT, registering.name());
        clients.add(client);
        sockets.send(CLIENT, client, ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)), 0);
        assertThat(receive(client)).as("is disconnected").isEmpty();
        return client;
    }

    private String ask(int client, String request) throws LinuxException {
        sockets.send(CLIENT, client, ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)), 0);
        return new String(receive(client), StandardCharsets.UTF_8);
    }

    @Test
    void shouldDialAClientThatRegisters() throws Exception {
        registry.add(() -> List.of(
                new TelemetryCommand("/ethdev/list", "", parameters -> List.of(0, 3)),
                new TelemetryCommand("/ethdev/xstats", "", parameters -> Map.of("rx", 7L))));
        final SocketFile own = SocketFile.listen(unix, folder, "mine");
        clients.add(own.fd());
        register("{\"action\":1,\"command\":\"clients\",\"data\":{\"client_path\":\"%s\"}}"
                .formatted(own.name()));
        assertThat(linux.poll(LIMIT_MILLIS, own.fd())).isOne();
        final int dialled = sockets.accept(CLIENT, own.fd());
        clients.add(dialled);

        final String stats = "\"stats\":[{\"name\":\"rx\",\"value\":%s}]}";
        assertThat(ask(dialled, "{\"action\":0,\"command\":\"ports_all_stat_values\"}"))
                .isEqualTo("{\"status_code\":\"Status OK: 200\",\"data\":[{\"port\":0,"
                        + stats.formatted(7) + ",{\"port\":3," + stats.formatted(7) + "]}");
        assertThat(ask(dialled, "{\"action\":0,\"command\":\"global_stat_values\"}"))
                .isEqualTo("{\"status_code\":\"Status OK: 200\",\"data\":[{\"port\":-1,"
                        + stats.formatted(14) + "]}");
        for (String wrong : List.of("{\"action\":0,\"command\":\"x\"}", "{\"action\":5}", "{}")) {
            assertThat(ask(dialled, wrong)).isEqualTo(
                    "{\"status_code\":\"Status Error: Invalid Argument 404\",\"data\":null}");
        }
        assertThat(ask(dialled, "x")).isEqualTo(
                "{\"status_code\":\"Status Error: Unknown\",\"data\":null}");
        assertThat(ask(dialled, "{\"action\":2,\"command\":\"clients\"}")).isEmpty();
    }

    @Test
    void shouldOutliveRegistrationsThatAreWrong() throws Exception {
        for (String path : List.of("", folder + "/none", folder.toString(), "x".repeat(500))) {
            register("{\"action\":1,\"command\":\"clients\",\"data\":{\"client_path\":\"%s\"}}"
                    .formatted(path));
        }
        register("x");
        register("{\"action\":1}");
        register("[".repeat(1000));
        dialGreeted();
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
