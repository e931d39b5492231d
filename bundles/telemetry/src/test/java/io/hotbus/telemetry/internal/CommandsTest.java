// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.FaultCounts;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.Port;
import io.hotbus.history.Fault;
import io.hotbus.history.History;
import io.hotbus.history.HistoryCounts;
import io.hotbus.history.Removal;
import io.hotbus.telemetry.TelemetryCommand;
import io.hotbus.telemetry.TelemetryCommands;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.InlineControl;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.StubDev;
import io.hotbus.testkit.TestPools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
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

    /** A history of so many removals and faults. */
    private record Many(int count, Removal removal, Fault fault) implements History {
        @Override
        public List<Removal> removals(long before, int limit) {
            return Collections.nCopies(Math.min(limit, count), removal);
        }

        @Override
        public Optional<Removal> removal(long number) {
            return Optional.of(removal);
        }

        @Override
        public List<Fault> faults(long before, int limit) {
            return Collections.nCopies(Math.min(limit, count), fault);
        }

        @Override
        public HistoryCounts counts() {
            return new HistoryCounts(count, Map.of(removal.cause(), (long) count), count,
                    count * fault.repairNanos(), fault.repairNanos());
        }

        @Override
        public Optional<Path> file() {
            return Optional.empty();
        }
    }

    private static HotbusCommands commands(History history) {
        return new HotbusCommands(null, new FailureHandling() {
            @Override
            public Lease enable() {
                throw new AssertionError();
            }

            @Override
            public boolean enabled() {
                return true;
            }

            @Override
            public FaultCounts faults() {
                return new FaultCounts(1, 0, 0);
            }
        }, history);
    }

    @Test
    void shouldTellOfRemovalsAndFaultsAndFitIntoAReplyHoweverManyThereWere() throws Exception {
        final String name = "net_stub0" + "0".repeat(50);
        final History history = new Many(10_000, new Removal(Long.MAX_VALUE, Instant.now(),
                "stub", name, RemovalCause.UEVENT_REMOVE, List.of(), Optional.of(1L << 60),
                Optional.of(1L << 61)), new Fault(1, Instant.now(), "stub", name, name + " BAR0",
                Integer.MAX_VALUE, 1L << 49));
        final HotbusCommands commands = commands(history);
        final Map<String, Object> removals = map(ask(commands, "/hotbus/removals", null));
        assertThat(removals).containsEntry("count", 10_000L)
                .containsEntry("causes", Map.of("UEVENT_REMOVE", 10_000L));
        assertThat((List<?>) removals.get("last")).hasSize(HotbusCommands.SHOWN);
        assertThat(map(((List<?>) removals.get("last")).get(0)))
                .containsEntry("detached_ns", 1L << 60).containsEntry("attached_ns", 1L << 61);
        final Map<String, Object> faults = map(ask(commands, "/hotbus/faults", null));
        assertThat(faults).containsEntry("longest_repair_ns", 1L << 49)
                .containsEntry("claimed", 1L).containsEntry("enabled", 1);
        assertThat(Reply.json(removals).length).isLessThan(Reply.MAX_LENGTH - 100);
        assertThat(Reply.json(faults).length).isLessThan(Reply.MAX_LENGTH - 100);
    }
}
