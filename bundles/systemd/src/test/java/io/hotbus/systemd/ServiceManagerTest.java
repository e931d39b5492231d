// SPDX-License-Identifier: Apache-2.0
package io.hotbus.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.thread.ControlThread;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.os.UnixSocketName;
import io.hotbus.os.UnixSockets;
import io.hotbus.testkit.InlineControl;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.StubDev;
import io.hotbus.testkit.TestOs;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What systemd hears, at the other end of a real socket. */
@Timeout(300)
class ServiceManagerTest {
    private static final int SOCK_DGRAM = 2;
    private static final int LONGEST = 4096;

    private final Linux linux = TestOs.linux();
    private final Sockets sockets = TestOs.sockets();
    private final RecordingPorts ports = new RecordingPorts(new InlineControl());
    private UnixSocketName name;
    private int systemd;

    @BeforeEach
    void listen(@TempDir Path folder) throws Exception {
        name = UnixSocketName.path(folder.resolve("notify").toString());
        systemd = listen();
    }

    private int listen() throws LinuxException {
        final int fd = sockets.open("test", UnixSockets.AF_UNIX, SOCK_DGRAM, 0);
        sockets.bind("test", fd, name.address());
        return fd;
    }

    @AfterEach
    void close() {
        linux.close(systemd);
    }

    private MessageSocket socket() {
        return new MessageSocket(linux, sockets, "systemd", name);
    }

    private String heard() throws LinuxException {
        final ByteBuffer message = ByteBuffer.allocate(LONGEST);
        sockets.receive("test", systemd, message, 0);
        return new String(message.array(), 0, message.position(), StandardCharsets.UTF_8);
    }

    private List<String> heard(int messages) {
        return IntStream.range(0, messages).mapToObj(i -> {
            try {
                return heard();
            } catch (LinuxException e) {
                throw new AssertionError(e);
            }
        }).toList();
    }

    @Test
    void shouldTellOfTheLifeOfTheService() throws Exception {
        try (Heartbeat heartbeat =
                new Heartbeat(socket(), new InlineControl(), ports, Duration.ZERO)) {
            assertThat(heard()).isEqualTo("STATUS=no ports");
            StubDev.add(ports, "net_stub0", StubDev.facts());
            assertThat(heard()).isEqualTo("STATUS=port 0 net_stub0 stopped");
            heartbeat.ready();
            assertThat(heard()).isEqualTo("READY=1\nSTATUS=port 0 net_stub0 stopped");
            heartbeat.stopping();
            assertThat(heard()).isEqualTo("STOPPING=1\nSTATUS=stopping");
        }
    }

    @Test
    void shouldFeedTheWatchdogOftenEnough() {
        final long start = System.nanoTime();
        try (Heartbeat heartbeat = new Heartbeat(
                socket(), new InlineControl(), ports, Duration.ofMillis(300))) {
            assertThat(heard(13)).filteredOn("WATCHDOG=1"::equals).hasSize(12);
        }
        // Twelve beats of 100 ms; at one beat a second they would take eleven.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(9));
    }

    @Test
    void shouldBeSilentWhileControlRunsNothing() throws Exception {
        final List<Runnable> tasks = new ArrayList<>();
        final CountDownLatch submitted = new CountDownLatch(1);
        final ControlThread hung = (owner, task) -> {
            tasks.add(task);
            submitted.countDown();
        };
        try (Heartbeat heartbeat =
                new Heartbeat(socket(), hung, ports, Duration.ofMillis(3))) {
            submitted.await();
            heartbeat.stopping(); // the only thing that is said, and no task waits behind the first
            assertThat(heard()).startsWith("STOPPING=1");
            assertThat(tasks).hasSize(1);
        }
    }

    @Test
    void shouldFindASystemdThatIsStartedAnew() throws Exception {
        try (MessageSocket socket = socket()) {
            socket.send("a".getBytes(StandardCharsets.UTF_8));
            assertThat(heard()).isEqualTo("a");
            linux.close(systemd);
            Files.delete(Path.of(name.name()));
            systemd = listen();
            socket.send("b".getBytes(StandardCharsets.UTF_8));
            assertThat(heard()).isEqualTo("b");
        }
    }

    @Test
    void shouldNotWaitForASystemdThatDoesNotRead() {
        try (MessageSocket socket = socket()) {
            LinuxException refused = null;
            for (int i = 0; i < 100_000 && refused == null; i++) {
                try {
                    socket.send(new byte[1]);
                } catch (LinuxException e) {
                    refused = e;
                }
            }
            assertThat(refused).hasMessageContaining("EAGAIN");
        }
    }

    @Test
    void shouldShowTheFirstPorts() throws Exception {
        for (int i = 0; i < 10; i++) {
            StubDev.add(ports, "net_stub" + i, StubDev.facts());
        }
        ports.ports().get(1).device().markRemoved();
        assertThat(Heartbeat.status(ports.ports()))
                .startsWith("port 0 net_stub0 stopped, port 1 net_stub1 removed, ")
                .endsWith("port 7 net_stub7 stopped, and 2 more");
    }

    @Test
    void shouldReadWhatSystemdAsksFor() {
        assertThat(ServiceManager.server(Map.of())).isEmpty();
        assertThat(ServiceManager.server(Map.of("NOTIFY_SOCKET", "vsock:2:3"))).isEmpty();
        assertThat(ServiceManager.server(Map.of("NOTIFY_SOCKET", "/" + "x".repeat(200)))).isEmpty();
        assertThat(ServiceManager.server(Map.of("NOTIFY_SOCKET", "/run/systemd/notify")))
                .map(UnixSocketName::toString).isEqualTo(Optional.of("/run/systemd/notify"));
        assertThat(ServiceManager.server(Map.of("NOTIFY_SOCKET", "@x/y")))
                .map(UnixSocketName::toString).isEqualTo(Optional.of("@x/y"));

        final Map<String, String> mine = Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "7");
        assertThat(ServiceManager.watchdog(mine, 7)).isEqualTo(Duration.ofSeconds(30));
        assertThat(ServiceManager.watchdog(mine, 8)).isZero();
        assertThat(ServiceManager.watchdog(Map.of("WATCHDOG_USEC", "1"), 8))
                .isEqualTo(Duration.ofNanos(1000));
        assertThat(ServiceManager.watchdog(Map.of(), 8)).isZero();
        assertThat(ServiceManager.watchdog(Map.of("WATCHDOG_USEC", "many"), 8)).isZero();
    }
}
