// SPDX-License-Identifier: Apache-2.0
package io.hotbus.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.InlineControl;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.StubDev;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a scrape reads. */
class MetricsTest {
    private final RecordingPorts ports = new RecordingPorts(new InlineControl());

    private static String text(List<MetricSnapshot> snapshots) throws IOException {
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        OpenMetricsTextFormatWriter.create().write(text, new MetricSnapshots(snapshots),
                EscapingScheme.UNDERSCORE_ESCAPING);
        return text.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldCountDurationsUpToEachLimit() throws Exception {
        final Distribution times = new Distribution("t_seconds", "Times", 0.001, 0.5);
        for (long nanos : new long[] {0, 1_000_000, 1_000_001, 500_000_000, 2_000_000_000}) {
            times.add(nanos);
        }
        assertThat(text(List.of(times.snapshot()))).contains("t_seconds_bucket{le=\"0.001\"} 2\n",
                "t_seconds_bucket{le=\"0.5\"} 4\n", "t_seconds_bucket{le=\"+Inf\"} 5\n",
                "t_seconds_count 5\n", "t_seconds_sum 2.502");
    }

    @Test
    void shouldAddUpWhatHasTheSameLabels() throws Exception {
        final Family pools = Family.gauge("pools", "Pools");
        pools.add(3, "pool", "a \"b\"\n");
        pools.add(4, "pool", "a \"b\"\n");
        assertThat(text(List.of(pools.snapshot()))).contains("pools{pool=\"a \\\"b\\\"\\n\"} 7.0");
    }

    @Test
    void shouldTellOfEachPort() throws Exception {
        StubDev.add(ports, "net_stub0", StubDev.facts());
        final Port gone = StubDev.add(ports, "net_stub1", StubDev.facts()).port();
        gone.device().markRemoved();
        assertThat(text(new PortMetrics(ports.ports()).snapshots())).contains(
                "hotbus_port_link_up{device=\"net_stub0\",port=\"0\"} 1.0\n",
                "hotbus_port_link_up{device=\"net_stub1\",port=\"1\"} 0.0\n",
                "hotbus_port_removed{device=\"net_stub1\",port=\"1\"} 1.0\n",
                "hotbus_port_receive_packets_total{device=\"net_stub0\",port=\"0\"} 0.0\n");
    }

    @Test
    void shouldTimeRemovalsOfAttachedDevices() throws Exception {
        final Removals removals = new Removals();
        ports.addListener(removals);
        final Port port = StubDev.add(ports, "net_stub0", StubDev.facts()).port();
        final long now = System.nanoTime();
        removals.onDeviceEvent(DeviceEvent.fault(port.device(),
                new SigbusFault(4096, "net_stub0 BAR0", 7, now, 8000, 1)));
        removals.onDeviceEvent(DeviceEvent.removed(port.device(), RemovalCause.SIGBUS, now));
        ports.remove(port);
        removals.onDeviceEvent(new DeviceEvent(DeviceEvent.Kind.REMOVE, "stub", "net_stub0",
                Optional.empty(), Optional.of(RemovalCause.RESCAN), Optional.empty(), now));
        assertThat(removals.causes()).hasSize(RemovalCause.values().length)
                .containsEntry(RemovalCause.SIGBUS, 1L).containsEntry(RemovalCause.RESCAN, 0L);
        assertThat(text(removals.times())).contains("hotbus_removal_port_gone_seconds_count 1\n",
                "hotbus_fault_repair_seconds_bucket{le=\"1.0E-5\"} 1\n");
    }

    @Test
    void shouldKnowTheLongestStallOfAnLcore() throws Exception {
        final Stalls stalls = new Stalls();
        for (long millis : new long[] {60, 250, 70}) {
            stalls.onDeviceStep(new DeviceStep(DeviceStep.Kind.LCORE_STALL, "", "lcore-3",
                    "lcore-3", 5, 5 + millis * 1_000_000, Optional.empty()));
        }
        stalls.onDeviceStep(new DeviceStep(DeviceStep.Kind.PROBE, "vdev", "net_sim0", "control",
                0, 900_000_000, Optional.empty()));
        assertThat(text(stalls.snapshots())).contains("hotbus_lcore_stalls_total{lcore=\"3\"} 3.0",
                "hotbus_lcore_longest_stall_seconds{lcore=\"3\"} 0.25\n")
                .doesNotContain("net_sim0");
    }
}
