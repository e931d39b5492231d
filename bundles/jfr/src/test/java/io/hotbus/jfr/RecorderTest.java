// SPDX-License-Identifier: Apache-2.0
package io.hotbus.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {
    private static final String DEVICE = "net_sim0";

    @TempDir
    private Path folder;
    private final Recorder recorder = new Recorder();

    /** What is in a recording with these settings while a device is pulled out. */
    private Map<String, List<RecordedEvent>> recorded(Map<String, String> settings)
            throws Exception {
        final Path file = folder.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.setSettings(settings);
            recording.start();
            pullOut();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(e -> e.getEventType().getName().startsWith("hotbus."))
                .collect(Collectors.groupingBy(e -> e.getEventType().getName()));
    }

    private void pullOut() {
        final Device device = new Device("vdev",
                new Devargs(Optional.empty(), DEVICE, Map.of())) { };
        final long now = System.nanoTime();
        recorder.onDeviceEvent(DeviceEvent.fault(device,
                new SigbusFault(4096, DEVICE + " BAR0", 7, now, 8000, 2)));
        recorder.onDeviceEvent(DeviceEvent.removed(device, RemovalCause.SIGBUS, now));
        for (DeviceStep.Kind kind : DeviceStep.Kind.values()) {
            recorder.onDeviceStep(new DeviceStep(kind, "vdev", DEVICE, "control",
                    now - 2_000_000_000, now - 1_000_000_000,
                    Optional.of("no").filter(no -> kind == DeviceStep.Kind.PROBE)));
        }
    }

    @Test
    void shouldRecordWithTheSettingsOfTheProduct() throws Exception {
        final Map<String, List<RecordedEvent>> events = recorded(Configuration.create(
                Path.of("../../launcher/etc/hotbus.jfc")).getSettings());
        assertThat(events).containsOnlyKeys("hotbus.Fault", "hotbus.Removal", "hotbus.Attach",
                "hotbus.Probe", "hotbus.DeviceStep", "hotbus.Bundle", "hotbus.LcoreStall");
        assertThat(events.values().stream().mapToInt(List::size).sum())
                .isEqualTo(2 + DeviceStep.Kind.values().length);
        final Function<String, RecordedEvent> first = name -> events.get(name).get(0);
        assertThat(first.apply("hotbus.Fault").getString("window")).isEqualTo("net_sim0 BAR0");
        assertThat(first.apply("hotbus.Fault").getDuration("repair"))
                .isEqualTo(Duration.ofNanos(8000));
        assertThat(first.apply("hotbus.Removal").getString("cause")).isEqualTo("SIGBUS");
        final RecordedEvent probe = first.apply("hotbus.Probe");
        assertThat(probe.getString("step")).isEqualTo("PROBE");
        assertThat(probe.getString("name")).isEqualTo(DEVICE);
        assertThat(probe.getString("by")).isEqualTo("control");
        assertThat(probe.getString("failure")).isEqualTo("no");
        assertThat(probe.getDuration("took")).isEqualTo(Duration.ofSeconds(1));
        assertThat(probe.getInstant("begin")).isBetween(
                Instant.now().minusSeconds(30), Instant.now().minusSeconds(1));
        assertThat(probe.getStackTrace()).isNull();
    }

    @Test
    void shouldRecordNothingUnlessAskedFor() throws Exception {
        assertThat(recorded(Map.of())).isEmpty();
    }
}
