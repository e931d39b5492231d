// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.os.UnixSocketName;
import io.hotbus.os.UnixSockets;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.Resources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** How a link comes up, why it does not, and what becomes of a port whose peer goes. */
@Timeout(300)
final class MemifConnectionTest {
    private static final String SERVER = "net_memif0,role=server";
    private static final String CLIENT = "net_memif1,role=client";

    /** Keeps what is logged, for any thread. */
    private static final class Log extends AppenderBase<ILoggingEvent> {
        private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }

        List<ILoggingEvent> events() {
            return events;
        }
    }

    private final Log log = new Log();
    private Rig rig;
    private Mempool pool;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
        pool = rig.pool(512);
        log.start();
        logger().setLevel(Level.DEBUG);
        logger().setAdditive(false);
        logger().addAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.hotbus.net.memif");
    }

    @AfterEach
    void close() throws Exception {
        logger().detachAppender(log);
        logger().setLevel(null);
        logger().setAdditive(true);
        rig.close();
    }

    private List<String> warnings() {
        return logged(Level.WARN);
    }

    private List<String> logged(Level level) {
        return log.events().stream().filter(e -> e.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage).toList();
    }

    private void exchange(Port from, Port to) {
        Frames.receiveAll(to, 0, pool, 0, 0);
        assertThat(Frames.send(from, pool, 7, 20)).isEqualTo(20);
        Frames.receiveAll(to, 0, pool, 7, 27);
    }

    @Test
    void shouldComeUpWhicheverSideIsFirst() throws Exception {
        Port client = rig.start(CLIENT, 1, pool);
        assertThat(client.link().up()).isFalse();
        Await.until("the client has found no server", () -> !warnings().isEmpty());
        Port server = rig.start(SERVER, 1, pool);
        Rig.awaitUp(server, client);

        assertThat(server.link().speedMbps()).isEqualTo(100_000);
        exchange(client, server);
        // Told after the link is up.
        assertThat(Await.reached(() -> rig.ports.linkChanges()
                .containsAll(List.of("net_memif0", "net_memif1")))).isTrue();
        assertThat(warnings()).singleElement().asString().startsWith(
                "net_memif1: no server on @" + rig.socket).contains("ECONNREFUSED");
    }

    @Test
    void shouldServeSeveralPortsOnOneSocket() throws Exception {
        Port[] servers = {rig.start("net_memif0,role=server,id=3", 1, pool),
                rig.start("net_memif1,role=server,id=4", 1, pool)};
        Port[] clients = {rig.start("net_memif3,id=3", 1, pool),
                rig.start("net_memif4,id=4", 1, pool)};
        for (int i = 0; i < 2; i++) {
            Rig.awaitUp(servers[i], clients[i]);
            exchange(clients[i], servers[i]);
        }
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> rig.attach("net_memif9,role=server,id=4"))
                .withMessageContaining("net_memif1 is the server of id 4 on @" + rig.socket);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ,secret=a     | ,secret=b     | 1 | 1 | Incorrect secret
            ,secret=a     | ''            | 1 | 1 | Secret required
            ,id=1         | ,id=2         | 1 | 1 | ID not found: 2 (there are: 1)
            ''            | ''            | 1 | 2 | Invalid ring index: ring S2M 1, the server has 1
            """)
    void shouldSayOnceWhyThereIsNoLink(String server, String client, int serverQueues,
            int clientQueues, String reason) throws Exception {
        Port left = rig.start(SERVER + server, serverQueues, pool);
        Port right = rig.start(CLIENT + client, clientQueues, pool);
        Await.until("both sides have said why", () -> warnings().size() >= 2);
        Await.until("the client has dialled again", () -> logged(Level.DEBUG).size() >= 4);

        assertThat(left.link().up() || right.link().up()).isFalse();
        assertThat(warnings()).hasSize(2).allMatch(line -> line.contains(reason));
        assertThat(warnings()).anyMatch(line -> line.startsWith("net_memif1: no link: the peer"));
    }

    @Test
    void shouldCarryOnAfterAStopOfEitherSideAndKeepItsCounters() throws Exception {
        Port server = rig.start(SERVER, 1, pool);
        Port client = rig.start(CLIENT, 1, pool);
        Rig.awaitUp(server, client);
        exchange(client, server);
        for (Port stopped : List.of(server, client)) {
            Port other = stopped == server ? client : server;
            stopped.stop();
            Rig.awaitDown(other);
            assertThat(Frames.send(other, pool, 0, 1)).isZero();
            assertThat(server.stats().rxPackets()).isEqualTo(20);
            stopped.start();
            Rig.awaitUp(server, client);
        }
        exchange(client, server);

        assertThat(server.stats().rxPackets()).isEqualTo(40);
        assertThat(client.stats().txPackets()).isEqualTo(40);
        assertThat(rig.platform.eventsUntilNow()).isEmpty();
    }

    @Test
    void shouldReportAPeerThatGoesWithoutAWordAsARemoval() throws Exception {
        Port server = rig.start(SERVER, 1, pool);
        try (Peer peer = new Peer(rig, true).connect()) {
            Rig.awaitUp(server);
            long died = System.nanoTime();
            peer.die();
            DeviceEvent removal = rig.removal();

            assertThat(removal.cause()).contains(RemovalCause.PEER_GONE);
            System.out.printf("MemifConnectionTest: noticed after %.2f ms%n",
                    (removal.timeNanos() - died) / 1e6);
            assertThat(server.link().up()).isFalse();
        }
        rig.detach(rig.device(server));
        assertThat(rig.plugged).isEmpty();

        try (Peer back = new Peer(rig, true)) {
            back.init(0, "");
            assertThat(rig.plugged.poll(120, TimeUnit.SECONDS)).isEqualTo("net_memif0");
            Port again = rig.start(SERVER, 1, pool);
            assertThat(back.receive()).contains(new Message.Ack());
            assertThat(again.link().up()).isFalse();
        }
    }

    @Test
    void shouldLookForTheServerThatWent() throws Exception {
        Port server = rig.start(SERVER, 1, pool);
        Port client = rig.start(CLIENT, 1, pool);
        Rig.awaitUp(server, client);
        VdevDevice device = rig.device(client);

        rig.services.unplug().report(device, RemovalCause.PEER_GONE);
        rig.removal();
        assertThat(client.rxQueue(0).burst(pool.mempools().uncached(), new long[4], 4)).isZero();
        rig.detach(device);

        assertThat(rig.plugged.poll(120, TimeUnit.SECONDS)).isEqualTo("net_memif1");
        Port again = rig.start(CLIENT, 1, pool);
        Rig.awaitUp(server, again);
        exchange(again, server);
    }

    /** As when the bundle of the driver is updated while the peer is away. */
    @Test
    void shouldAwaitThePeersOfDevicesThatAnotherDriverHasLost() throws Exception {
        String socket = ",socket=" + rig.socket;
        rig.driver.awaitReturn(Devargs.parse(SERVER + socket));
        try (Peer back = new Peer(rig, true)) {
            back.init(0, "");
            assertThat(rig.plugged.poll(120, TimeUnit.SECONDS)).isEqualTo("net_memif0");
            rig.detach(rig.device(rig.start(SERVER, 1, pool)));
        }
        rig.driver.awaitReturn(Devargs.parse(CLIENT + socket));
        Port server = rig.start(SERVER, 1, pool);
        assertThat(rig.plugged.poll(120, TimeUnit.SECONDS)).isEqualTo("net_memif1");
        Port client = rig.start(CLIENT, 1, pool);
        Rig.awaitUp(server, client);
        exchange(client, server);
    }

    @Test
    void shouldLetAClientWaitForAPortThatIsStopped() throws Exception {
        Port server = rig.start(SERVER, 1, pool);
        server.stop();
        Port client = rig.start(CLIENT, 1, pool);
        Await.until("the client waits", () -> log.events().stream().anyMatch(
                e -> e.getFormattedMessage().contains("waits for the port to start")));
        assertThat(client.link().up()).isFalse();

        server.start();

        Rig.awaitUp(server, client);
        exchange(server, client);
    }

    private void assertListensOn(Path path) throws Exception {
        rig.driver.probe(new VdevDevice(Devargs.parse(
                "net_memif5,role=server,socket-abstract=no,owner-uid=%s,socket=%s".formatted(
                        Files.getAttribute(path.getParent(), "unix:uid"), path))));
        assertThat(Files.exists(path)).isTrue();
    }

    @Test
    void shouldTakeOverTheFileOfADeadServerAndNoOther() throws Exception {
        Path folder = Files.createTempDirectory("memif");
        Path path = folder.resolve("sock");
        UnixSocketName name = new UnixSocketName(path.toString(), false, -1, -1);
        int dead = rig.services.sockets().open("dead", UnixSockets.AF_UNIX, 5, 0);
        rig.services.sockets().bind("dead", dead, name.address());
        rig.services.linux().close(dead);

        assertListensOn(path);
        rig.driver.deactivate();
        assertThat(Files.exists(path)).isFalse();

        Files.writeString(path, "precious");
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> assertListensOn(path))
                .withMessageContaining("EADDRINUSE");
        assertThat(path).hasContent("precious");
        Files.delete(path);
        Files.delete(folder);
    }

    @Test
    void shouldLeaveNothingBehind() throws Exception {
        Resources before = Resources.now("net_memif", "memif");
        int fds = openFiles();
        for (int i = 0; i < 10; i++) {
            Port server = rig.start(SERVER, 2, pool);
            Port client = rig.start(CLIENT, 2, pool);
            Rig.awaitUp(server, client);
            rig.detach(rig.device(i % 2 == 0 ? client : server));
            rig.detach(rig.device(i % 2 == 0 ? server : client));
        }
        rig.platform.eventsUntilNow();

        Await.until("memory and threads as before",
                () -> Resources.now("net_memif", "memif").equals(before));
        Await.until("descriptors are closed: " + openFiles() + " of " + fds,
                () -> openFiles() <= fds);
    }

    private static int openFiles() {
        return Path.of("/proc/self/fd").toFile().list().length;
    }
}
