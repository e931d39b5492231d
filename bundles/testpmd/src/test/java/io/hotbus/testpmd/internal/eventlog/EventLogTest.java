// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.rig.Rig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device is attached, pulled out, and returns, with the log listening. */
class EventLogTest {
    private static final String DEVARGS = "wire0,loopback=1";

    @TempDir
    private Path folder;
    private Path file;
    private Rig rig;
    private EventLog log;

    @BeforeEach
    void start() throws Exception {
        file = folder.resolve("events.jsonl");
        rig = new Rig();
        log = log("--event-log", file.toString());
        rig.listen(log);
        rig.listenToPorts(log);
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private EventLog log(String... words) throws UsageException {
        return new EventLog(Options.parse(Arguments.of(List.of(words))), rig.ports.manager(),
                rig.control);
    }

    /** All lines but the first, START, without their times. */
    private List<String> lines() throws Exception {
        rig.control.settle();
        return Files.readAllLines(file).stream().skip(1)
                .map(line -> line.replaceFirst("^\\{\"timeNanos\":\\d+,", "{")).toList();
    }

    private long timeOf(String event) throws Exception {
        String line = Files.readAllLines(file).stream()
                .filter(l -> l.contains("\"" + event + "\"")).findFirst().orElseThrow();
        return Long.parseLong(line.replaceFirst("^\\{\"timeNanos\":(\\d+),.*", "$1"));
    }

    @Test
    void shouldSayWhoseLogItIs() throws Exception {
        assertThat(Files.readAllLines(file)).singleElement().asString().matches(
                "\\{\"timeNanos\":\\d+,\"event\":\"START\",\"pid\":" + ProcessHandle.current().pid()
                + ",\"clock\":\"CLOCK_MONOTONIC\","
                + "\"wallTime\":\"20\\d\\d-\\d\\d-\\d\\dT[\\d:.]+Z\"}");
    }

    @Test
    void shouldTellTheStoryOfADevice() throws Exception {
        long begun = System.nanoTime();
        rig.attach(DEVARGS);
        rig.bound("wire0");
        rig.control.settle();
        rig.pullOut("wire0");
        rig.control.settle();
        rig.plugged("wire0");

        assertThat(lines()).containsExactly(
                "{\"event\":\"NEW\",\"port\":0,\"device\":\"wire0\"}",
                "{\"event\":\"BIND\",\"bus\":\"rig\",\"device\":\"wire0\"}",
                "{\"event\":\"REMOVE\",\"bus\":\"rig\",\"device\":\"wire0\","
                        + "\"cause\":\"UEVENT_REMOVE\",\"attached\":true}",
                "{\"event\":\"INTR_RMV\",\"port\":0,\"device\":\"wire0\"}",
                "{\"event\":\"DESTROY\",\"port\":0,\"device\":\"wire0\"}",
                "{\"event\":\"DETACHED\",\"bus\":\"rig\",\"device\":\"wire0\"}",
                "{\"event\":\"ADD\",\"bus\":\"rig\",\"device\":\"wire0\"}",
                "{\"event\":\"NEW\",\"port\":0,\"device\":\"wire0\"}",
                "{\"event\":\"REATTACHED\",\"port\":0,\"bus\":\"rig\",\"device\":\"wire0\"}");
        assertThat(List.of(begun, timeOf("NEW"), timeOf("REMOVE"), timeOf("DESTROY"),
                timeOf("DETACHED"), timeOf("ADD"), timeOf("REATTACHED"), System.nanoTime()))
                .isSorted();
    }

    @Test
    void shouldTellOfFaults() throws Exception {
        rig.attach(DEVARGS);
        rig.publish(DeviceEvent.fault(rig.devices.device("wire0"),
                new SigbusFault(0x7f0000001008L, "wire0 BAR0", 4711, 123, 5678, 2)));

        assertThat(lines()).contains("{\"event\":\"FAULT\",\"bus\":\"rig\",\"device\":\"wire0\","
                + "\"window\":\"wire0 BAR0\",\"address\":\"0x7f0000001008\",\"repairNanos\":5678,"
                + "\"thread\":4711,\"count\":2}");
        assertThat(timeOf("FAULT")).isEqualTo(123);
    }

    @Test
    void shouldTellOfADetachOnceAndNotOfOneThatUndoesAnAttach() throws Exception {
        var port = rig.attach(DEVARGS);
        rig.ports.manager().detach(port);
        rig.ports.manager().detach(port);
        rig.devices.failToStart();
        assertThatExceptionOfType(Exception.class).isThrownBy(() -> rig.attach("wire1"));

        assertThat(lines()).filteredOn(line -> line.contains("DETACHED"))
                .containsExactly("{\"event\":\"DETACHED\",\"bus\":\"rig\",\"device\":\"wire0\"}");
    }

    @Test
    void shouldHaveWrittenAllWhenItIsGone() throws Exception {
        rig.ports.manager().detach(rig.attach(DEVARGS));
        log.deactivate();
        log.deactivate();

        assertThat(Files.readString(file)).contains("\"DETACHED\"").endsWith("}\n");
        rig.plugged("wire0");
        assertThat(lines()).noneMatch(line -> line.contains("ADD"));
    }

    @Test
    void shouldSayWhenItCannotBeWritten() throws Exception {
        log.requireOpen();
        EventLog impossible = log("--event-log", folder.toString());
        assertThatExceptionOfType(UsageException.class).isThrownBy(impossible::requireOpen)
                .withMessageContaining("Is a directory");
        rig.publish(DeviceEvent.of(DeviceEvent.Kind.ADD, "rig", "wire0"));
        impossible.onDeviceEvent(DeviceEvent.of(DeviceEvent.Kind.ADD, "rig", "wire0"));
        impossible.deactivate();
    }

    @Test
    void shouldBeSilentIfNobodyAskedForIt() throws Exception {
        EventLog none = log();
        none.requireOpen();
        none.onDeviceEvent(DeviceEvent.of(DeviceEvent.Kind.ADD, "rig", "wire0"));
        none.deactivate();
    }
}
