// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.testpmd.FwdEngine;
import io.hotbus.testpmd.StreamStats;
import java.util.List;
import java.util.stream.Collectors;

/** Forwarding in words, in the shape that DPDK's testpmd prints. */
public final class ForwardText {
    private ForwardText() {
    }

    static String configuration(FwdEngine engine) {
        List<StreamStats> streams = engine.statistics().stream()
                .filter(StreamStats::running).toList();
        String lines = streams.stream()
                .map(s -> "\n  %s: %s".formatted(s.lcore(), route(s)))
                .collect(Collectors.joining());
        return "%s packet forwarding - %s - ports=%s - cores=%s - streams=%s%s".formatted(
                engine.mode(), engine.running() ? "running" : "stopped", engine.ports().size(),
                engine.lcores().size(), streams.size(), lines);
    }

    /** Every stream since the last start, and their sum. */
    public static String statistics(FwdEngine engine) {
        List<StreamStats> streams = engine.statistics();
        StringBuilder text = new StringBuilder();
        for (StreamStats stream : streams) {
            block(text, "-", "Forward statistics for " + route(stream)
                    + (stream.running() ? "" : ", ended"), stream.received(), stream.dropped(),
                    stream.sent());
        }
        block(text, "+", "Accumulated forward statistics for all ports",
                streams.stream().mapToLong(StreamStats::received).sum(),
                streams.stream().mapToLong(StreamStats::dropped).sum(),
                streams.stream().mapToLong(StreamStats::sent).sum());
        return text.append(PortText.rule("+")).toString();
    }

    private static void block(
            StringBuilder text, String line, String title, long rx, long dropped, long tx) {
        text.append("""
                %s
                  RX-packets: %-14s TX-packets: %-14s TX-dropped: %s
                """.formatted(PortText.heading(line, title), rx, tx, dropped));
    }

    private static String route(StreamStats stream) {
        return "%s/%s -> %s/%s".formatted(
                stream.rxPort(), stream.queue(), stream.txPort(), stream.queue());
    }
}
