// SPDX-License-Identifier: Apache-2.0
package io.hotbus.metrics;

import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortState;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The metrics of ports and their queues, at one moment. */
final class PortMetrics {
    private static final Pattern QUEUE =
            Pattern.compile("(rx|tx)_q([0-9]{1,4})_(packets|bytes|errors)");

    private final Map<String, Family> families = new LinkedHashMap<>();

    /** Reads all ports. */
    PortMetrics(List<Port> ports) {
        ports.forEach(this::add);
    }

    List<MetricSnapshot> snapshots() {
        return families.values().stream().map(Family::snapshot).toList();
    }

    private void add(Port port) {
        final String[] labels = {"port", Integer.toString(port.id()), "device", port.name()};
        gauge("link_up", "Whether the link is up", port.link().up(), labels);
        gauge("started", "Whether the port is started", port.state() == PortState.STARTED, labels);
        gauge("removed", "Whether the device of the port is gone", port.isRemoved(), labels);
        final EthStats stats = port.stats();
        count("receive_packets", "Packets received", stats.rxPackets(), labels);
        count("receive_bytes", "Bytes received", stats.rxBytes(), labels);
        count("receive_errors", "Packets received with an error", stats.rxErrors(), labels);
        count("receive_missed", "Packets dropped without a descriptor", stats.missed(), labels);
        count("receive_nombuf", "Times that no buffer was available", stats.noMbuf(), labels);
        count("transmit_packets", "Packets sent", stats.txPackets(), labels);
        count("transmit_bytes", "Bytes sent", stats.txBytes(), labels);
        count("transmit_errors", "Packets that were not sent", stats.txErrors(), labels);
        port.xstats().forEach((name, value) -> queue(name, value, labels));
    }

    private void queue(String name, long value, String[] labels) {
        final Matcher queue = QUEUE.matcher(name);
        if (queue.matches()) {
            final String way = queue.group(1).equals("rx") ? "receive" : "transmit";
            count("queue_%s_%s".formatted(way, queue.group(3)),
                    "%s of a %s queue".formatted(queue.group(3), way), value,
                    Stream.concat(Stream.of(labels), Stream.of("queue", queue.group(2)))
                            .toArray(String[]::new));
        }
    }

    private void gauge(String name, String help, boolean on, String... labels) {
        families.computeIfAbsent(name, n -> Family.gauge("hotbus_port_" + n, help))
                .add(on ? 1 : 0, labels);
    }

    private void count(String name, String help, long value, String... labels) {
        families.computeIfAbsent(name, n -> Family.counter("hotbus_port_" + n, help))
                .add(value, labels);
    }
}
