// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.history.Fault;
import io.hotbus.history.Removal;
import io.hotbus.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(300)
class HistoryFileTest {
    private static final long LIMIT = 32L << 20;
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(HistoryFile.class);

    @TempDir
    private Path folder;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        LOG.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        LOG.detachAppender(log);
    }

    private List<String> complaints() {
        return log.list.stream().filter(e -> e.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage).toList();
    }

    private HistoryKeeper keeper(long limit) throws IOException {
        return new HistoryKeeper(Optional.of(new HistoryFile(folder, limit)), 10_000);
    }

    /** What happens when a device is pulled out, in ten steps. */
    private static void removal(HistoryKeeper keeper, int device) {
        final String name = "net_sim" + device;
        final long now = System.nanoTime();
        keeper.onDeviceEvent(DeviceEvent.fault(JournalTest.device(name),
                new SigbusFault(4096, name + " BAR0", 7, now, 8000, 1)));
        step(keeper, DeviceStep.Kind.REPAIR, name, now);
        step(keeper, DeviceStep.Kind.HOT_UNPLUG, name, now);
        keeper.onDeviceEvent(DeviceEvent.removed(
                JournalTest.device(name), RemovalCause.SIGBUS, now));
        for (DeviceStep.Kind kind : new DeviceStep.Kind[] {DeviceStep.Kind.FORWARD_STOP,
            DeviceStep.Kind.PORT_STOP, DeviceStep.Kind.PORT_CLOSE, DeviceStep.Kind.REMOVE,
            DeviceStep.Kind.DETACH, DeviceStep.Kind.PROBE, DeviceStep.Kind.ATTACH,
            DeviceStep.Kind.FORWARD_START}) {
            step(keeper, kind, name, now);
        }
    }

    private static void step(
            HistoryKeeper keeper, DeviceStep.Kind kind, String name, long begin) {
        keeper.onDeviceStep(new DeviceStep(
                kind, "vdev", name, "control", begin, begin + 1000, Optional.empty()));
    }

    @Test
    void shouldKeepTenThousandRemovals() throws Exception {
        final HistoryKeeper first = keeper(LIMIT);
        for (int i = 0; i < 10_000; i++) {
            removal(first, i % 4);
            if (i % 1000 == 999) { // sooner than the disk falls behind
                final long number = i + 1;
                Await.until(() -> first.removal(number).isPresent());
            }
        }
        first.deactivate();
        assertThat(folder.resolve(HistoryFile.BEFORE)).exists();
        final HistoryKeeper second = keeper(LIMIT);
        assertThat(second.removals(Long.MAX_VALUE, Integer.MAX_VALUE)).hasSize(10_000)
                .isEqualTo(first.removals(Long.MAX_VALUE, Integer.MAX_VALUE));
        assertThat(second.faults(Long.MAX_VALUE, Integer.MAX_VALUE)).hasSize(10_000);
        assertThat(second.counts().removals()).isZero();
        final Removal middle = second.removal(5000).orElseThrow();
        assertThat(middle.steps()).hasSize(10);
        assertThat(middle.detachedNanos()).contains(1000L);
        final long begin = System.nanoTime();
        for (long before = 10_001; before > 1; before -= 20) {
            final List<Removal> page = second.removals(before, 20);
            assertThat(page).hasSize(20);
            assertThat(page.get(0).number()).isEqualTo(before - 1);
        }
        assertThat(System.nanoTime() - begin).isLessThan(20_000_000_000L); // 500 pages
        removal(second, 1);
        second.deactivate();
        assertThat(second.removal(10_001).orElseThrow().device()).isEqualTo("net_sim1");
        assertThat(complaints()).isEmpty();
    }

    @Test
    void shouldStayBelowItsLimit() throws Exception {
        final HistoryKeeper keeper = keeper(64 << 10);
        for (int i = 0; i < 500; i++) {
            removal(keeper, 0);
        }
        keeper.deactivate();
        assertThat(Files.size(folder.resolve(HistoryFile.NAME))
                + Files.size(folder.resolve(HistoryFile.BEFORE))).isLessThanOrEqualTo(64 << 10);
        final HistoryKeeper next = keeper(64 << 10);
        final List<Removal> left = next.removals(Long.MAX_VALUE, Integer.MAX_VALUE);
        assertThat(left.get(0).number()).isEqualTo(500);
        assertThat(left).hasSizeBetween(8, 100);
        next.deactivate();
        assertThat(complaints()).isEmpty();
    }

    @Test
    void shouldLoseNoOtherLineToOneThatWasCutShort() throws Exception {
        final HistoryKeeper first = keeper(LIMIT);
        removal(first, 0);
        removal(first, 1);
        first.deactivate();
        final Path file = folder.resolve(HistoryFile.NAME);
        final List<String> lines = Files.readAllLines(file);
        final String last = lines.get(lines.size() - 1);
        for (int cut = 1; cut < last.length(); cut += 97) {
            Files.write(file, lines);
            Files.writeString(file, last.substring(0, cut), StandardOpenOption.APPEND);
            final HistoryKeeper next = keeper(LIMIT);
            removal(next, 2);
            next.deactivate();
            final HistoryKeeper again = keeper(LIMIT);
            assertThat(again.removals(Long.MAX_VALUE, 9)).as("cut at %s", cut)
                    .extracting(Removal::device)
                    .containsExactly("net_sim2", "net_sim1", "net_sim0");
            again.deactivate();
        }
        assertThat(complaints()).isNotEmpty()
                .allSatisfy(line -> assertThat(line).startsWith(file + ":" + (lines.size() + 1)));
    }

    @Test
    void shouldSayWhichLinesItCannotRead() throws Exception {
        final HistoryKeeper first = keeper(LIMIT);
        removal(first, 0);
        first.deactivate();
        final Path file = folder.resolve(HistoryFile.NAME);
        final String good = Files.readString(file);
        Files.writeString(file, good.replace("\"removal\":1,", "\"removal\":2,\"later\":[{}],")
                .replace("\"fault\":1,", "\"fault\":2,") + """
                no JSON
                [1]
                {}
                {"removal":0,"time":"2026-11-29T09:00:00Z"}
                {"removal":3,"time":"yesterday","bus":"b","device":"d","cause":"SIGBUS"}
                {"removal":3,"time":"2026-11-29T09:00:00Z","bus":"b","device":"d","cause":"HUNGER"}
                {"removal":3,"time":"2026-11-29T09:00:00Z","bus":"b","device":"d","cause":"SIGBUS",\
                "steps":[{"kind":"NONE","name":"d","thread":"t","beginNanos":0,"endNanos":1}]}
                """ + "\0".repeat(2 << 20) + "\n" + good);
        final HistoryKeeper next = keeper(LIMIT);
        assertThat(next.removals(Long.MAX_VALUE, 9)).extracting(Removal::number)
                .containsExactly(2L, 1L);
        assertThat(next.faults(Long.MAX_VALUE, 9)).extracting(Fault::number)
                .containsExactly(2L, 1L);
        next.deactivate();
        final int before = good.split("\n").length;
        assertThat(complaints()).hasSize(8);
        for (int i = 0; i < 8; i++) {
            assertThat(complaints().get(i)).startsWith(file + ":" + (before + 1 + i) + ": left");
        }
        assertThat(complaints().get(3)).endsWith("'removal' is no number of one: 0");
    }

    @Test
    void shouldLeaveAFileToTheProcessThatHasIt() throws Exception {
        final HistoryKeeper first = keeper(LIMIT);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> keeper(LIMIT))
                .withMessage(folder.resolve(HistoryFile.NAME) + ": another process has it");
        first.deactivate();
        keeper(LIMIT).deactivate();
    }

    @Test
    void shouldSayWhyThereIsNoFile() throws Exception {
        Files.createFile(folder.resolve("x"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new HistoryFile(folder.resolve("x/rte"), LIMIT))
                .withMessageContaining("x/rte/history.jsonl: cannot be written: ");
    }
}
