// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.ethdev.Port;
import io.hotbus.telemetry.TelemetryCommand;
import io.hotbus.telemetry.TelemetryCommands;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.InlineControl;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.StubDev;
import io.hotbus.testkit.TestPools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands tell of real ports, pools and threads. */
class CommandsTest {
    private final RecordingPorts ports = new RecordingPorts(new InlineControl());

    private static Object ask(TelemetryCommands commands, String path, String parameters)
            throws Exception {
        final TelemetryCommand command = commands.commands().stream()
                .filter(c -> c.path().equals(path)).findFirst().orElseThrow();
        return command.handler().answer(Optional.ofNullable(parameters));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @Test
    void shouldTellOfAPortAndItsPool() throws Exception {
        final EthdevCommands commands = new EthdevCommands(ports);
        try (TestPools pools = TestPools.real()) {
            final Port port = StubDev.start(ports, pools.pool(256, 1024), "net_stub0").port();
            final Map<String, Object> info = map(ask(commands, "/ethdev/info", "0"));
            assertThat(info).containsEntry("name", "net_stub0").containsEntry("dev_started", 1)
                    .containsEntry("rxq_state", List.of(1)).containsEntry("state", 1)
                    .containsEntry("rx_mbuf_size_min", 128 + 1024).containsEntry("scattered_rx", 1)
                    .containsEntry("mac_addr", "02:00:00:00:00:01");
            port.stop();
            assertThat(map(ask(commands, "/ethdev/info", "0"))).containsEntry("dev_started", 0)
                    .containsEntry("rxq_state", List.of(0)).containsEntry("dev_configured", 1);
            port.device().markRemoved();
            port.close();
            assertThat(map(ask(commands, "/ethdev/info", "0"))).containsEntry("state", 2)
                    .containsEntry("rxq_state", List.of()).containsEntry("dev_configured", 0);
            assertThat(map(ask(commands, "/ethdev/link_status", "0")))
                    .isEqualTo(Map.of("status", "DOWN"));
        }
    }

    @Test
    void shouldListPortsWithoutAnOwnerAndTellOfAll() throws Exception {
        final EthdevCommands commands = new EthdevCommands(ports);
        StubDev.add(ports, "net_stub0", StubDev.facts());
        StubDev.add(ports, "net_stub1", StubDev.facts()).port().own("a bond");
        assertThat(ask(commands, "/ethdev/list", null)).isEqualTo(List.of(0));
        assertThat(map(ask(commands, "/ethdev/stats", "1"))).hasSize(13);
        assertThat(map(ask(commands, "/ethdev/xstats", "1"))).hasSize(8);
        for (String wrong : new String[] {null, "2", "x", "-1"}) {
            assertThat(ask(commands, "/ethdev/info", wrong)).as(wrong).isNull();
        }
    }

    @Test
    void shouldTellOfAPool() throws Exception {
        try (TestPools pools = TestPools.real()) {
            final MempoolCommands commands = new MempoolCommands(pools.pool(100).mempools());
            pools.pool(1).reserve(1);
            assertThat(ask(commands, "/mempool/list", null)).isEqualTo(List.of("test", "test"));
            assertThat(map(ask(commands, "/mempool/info", "test"))).hasSize(19)
                    .containsEntry("size", 100).containsEntry("available", 100);
            assertThat(ask(commands, "/mempool/info", "none")).isEqualTo(Map.of());
            assertThat(ask(commands, "/mempool/info", null)).isNull();
        }
    }

    @Test
    void shouldFindLcoresByTheNamesOfTheirThreads(@TempDir Path gone) throws Exception {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch end = new CountDownLatch(1);
        final Thread lcore = new Thread(() -> {
            begun.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "lcore-4711");
        lcore.start();
        Await.open("the thread has its name", begun);
        try {
            assertThat(new Lcores(Path.of("/proc/self/task")).cpus()).containsOnlyKeys(4711)
                    .allSatisfy((id, cpus) -> assertThat(cpus).isNotEmpty());
        } finally {
            end.countDown();
        }
        final Path thread = Files.createDirectory(gone.resolve("1"));
        Files.writeString(thread.resolve("comm"), "lcore-3\n");
        Files.writeString(thread.resolve("status"), "Name:\tx\nCpus_allowed_list:\t0-2,5\n");
        Files.createDirectory(gone.resolve("2")); // a thread that has ended meanwhile
        assertThat(new Lcores(gone).cpus()).isEqualTo(Map.of(3, List.of(0, 1, 2, 5)));
    }

    @Test
    void shouldRememberRemovalsUntilThePortIsGone() throws Exception {
        final History history = new History();
        ports.addListener(history);
        final Port port = StubDev.add(ports, "net_stub0", StubDev.facts()).port();
        final long now = System.nanoTime();
        history.onDeviceEvent(DeviceEvent.fault(port.device(),
                new SigbusFault(4096, "net_stub0 BAR0", 7, now, 8000, 1)));
        history.onDeviceEvent(DeviceEvent.removed(port.device(), RemovalCause.SIGBUS, now));
        assertThat(history.faults()).containsEntry("count", 1L).containsEntry("repair_ns", 8000L);
        assertThat(removal(history)).containsEntry("cause", "SIGBUS")
                .doesNotContainKey("port_gone_ns");
        ports.remove(port);
        history.onDeviceEvent(new DeviceEvent(DeviceEvent.Kind.REMOVE, "stub", "net_stub0",
                Optional.empty(), Optional.of(RemovalCause.UEVENT_REMOVE), Optional.empty(), now));
        assertThat((long) removal(history).get("port_gone_ns")).isPositive();
        assertThat(history.removals()).containsEntry("causes", Map.of("SIGBUS", 1L));
    }

    private static Map<String, Object> removal(History history) {
        return map(((List<?>) history.removals().get("last")).get(0));
    }

    @Test
    void shouldFitIntoAReplyHoweverManyThereWere() throws Exception {
        final History history = new History();
        final String name = "net_stub0" + "0".repeat(50);
        final Port port = StubDev.add(ports, name, StubDev.facts()).port();
        for (int i = 0; i < 10_000; i++) {
            history.onDeviceEvent(DeviceEvent.removed(
                    port.device(), RemovalCause.UEVENT_REMOVE, System.nanoTime()));
            history.onDeviceEvent(DeviceEvent.fault(port.device(), new SigbusFault(
                    4096, name + " BAR0", Integer.MAX_VALUE, System.nanoTime(), 1L << 60, 1)));
        }
        assertThat(history.removals()).containsEntry("count", 10_000L);
        assertThat((List<?>) history.removals().get("last")).hasSize(History.KEPT);
        assertThat(Reply.json(history.removals()).length).isLessThan(Reply.MAX_LENGTH - 100);
        assertThat(Reply.json(history.faults()).length).isLessThan(Reply.MAX_LENGTH - 300);
    }
}
