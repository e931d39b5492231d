// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.StreamStats;
import java.util.List;
import java.util.stream.Collectors;

/** Forwarding in words, in the shape that DPDK's testpmd prints. */
public final class ForwardText {
    /** A stream that an lcore serves. */
    record Stream(String lcore, String rxPort, String txPort, int queue) {
        String route() {
            return "%s/%s -> %s/%s".formatted(rxPort, queue, txPort, queue);
        }
    }

    /** How forwarding is set up, as {@code start} and {@code show config} return it. */
    record Configuration(String engine, boolean running, int ports, int lcores,
            List<Stream> streams) {
        String text() {
            return "%s packet forwarding - %s - ports=%s - cores=%s - streams=%s%s".formatted(
                    engine, running ? "running" : "stopped", ports, lcores, streams.size(),
                    streams.stream().map(s -> "\n  %s: %s".formatted(s.lcore, s.route()))
                            .collect(Collectors.joining()));
        }
    }

    /** Packets of a stream, or of all. */
    record Counters(long received, long sent, long dropped) {
    }

    /** A stream since the last start; it may have ended. */
    record StreamCounters(Stream stream, boolean running, Counters packets) {
    }

    /** What was forwarded since the last start, as {@code show fwd} and {@code stop} return it. */
    public record Statistics(List<StreamCounters> streams, Counters total) {
        /** Every stream, and their sum. */
        public String text() {
            StringBuilder text = new StringBuilder();
            for (StreamCounters stream : streams) {
                block(text, "-", "Forward statistics for " + stream.stream.route()
                        + (stream.running ? "" : ", ended"), stream.packets);
            }
            block(text, "+", "Accumulated forward statistics for all ports", total);
            return text.append(PortText.rule("+")).toString();
        }

        private static void block(
                StringBuilder text, String line, String title, Counters counters) {
            text.append("""
                    %s
                      RX-packets: %-14s TX-packets: %-14s TX-dropped: %s
                    """.formatted(PortText.heading(line, title), counters.received,
                    counters.sent, counters.dropped));
        }
    }

    private ForwardText() {
    }

    static Configuration configuration(Forwarder forwarder) {
        return new Configuration(forwarder.engine(), forwarder.running(), forwarder.ports().size(),
                forwarder.lcores().size(), forwarder.statistics().stream()
                        .filter(StreamStats::running).map(ForwardText::stream).toList());
    }

    /** Every stream since the last start, and their sum. */
    public static Statistics of(Forwarder forwarder) {
        List<StreamCounters> streams = forwarder.statistics().stream()
                .map(s -> new StreamCounters(stream(s), s.running(),
                        new Counters(s.received(), s.sent(), s.dropped()))).toList();
        return new Statistics(streams, new Counters(
                streams.stream().mapToLong(s -> s.packets.received).sum(),
                streams.stream().mapToLong(s -> s.packets.sent).sum(),
                streams.stream().mapToLong(s -> s.packets.dropped).sum()));
    }

    private static Stream stream(StreamStats stats) {
        return new Stream(stats.lcore(), stats.rxPort(), stats.txPort(), stats.queue());
    }
}
