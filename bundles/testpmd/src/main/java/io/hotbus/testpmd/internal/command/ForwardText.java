// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.StreamStats;
import io.hotbus.testpmd.TxFrames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How forwarding is set up, in the shape that DPDK's testpmd prints. */
final class ForwardText {
    /** A stream that an lcore serves, or would serve. */
    record Stream(String lcore, String rxPort, String txPort, int rxId, int txId, int queue,
            String peer) {
        private String text() {
            return "\n  RX P=%s/Q=%s (socket 0) -> TX P=%s/Q=%s (socket 0) peer=%s".formatted(
                    rxId, queue, txId, queue, peer);
        }
    }

    /** How forwarding is set up, as {@code start} and {@code show config fwd} return it. */
    record Configuration(String engine, boolean running, int ports, int lcores,
            List<Stream> streams) {
        String text() {
            Map<String, List<Stream>> byLcore = streams.stream().collect(Collectors.groupingBy(
                    Stream::lcore, LinkedHashMap::new, Collectors.toList()));
            return "%s packet forwarding - ports=%s - cores=%s - streams=%s - NUMA support disabled"
                    .formatted(engine, ports, lcores, streams.size())
                    + ", MP allocation mode: native" + byLcore.entrySet().stream().map(
                            entry -> text(entry.getKey(), entry.getValue()))
                            .collect(Collectors.joining()) + "\n";
        }

        private static String text(String lcore, List<Stream> streams) {
            return "\nLogical Core %s (socket 0) forwards packets on %s streams:%s".formatted(
                    lcore.substring(lcore.indexOf('-') + 1), streams.size(),
                    streams.stream().map(Stream::text).collect(Collectors.joining()));
        }
    }

    private ForwardText() {
    }

    /** {@code config} has the addresses of the peers. */
    static Configuration configuration(Forwarder forwarder, FwdConfig config) {
        List<Stream> streams = forwarder.planned().stream()
                .map(stats -> stream(stats, config)).toList();
        return new Configuration(forwarder.engine(), forwarder.running(),
                (int) streams.stream().map(Stream::rxId).distinct().count(),
                (int) streams.stream().map(Stream::lcore).distinct().count(), streams);
    }

    private static Stream stream(StreamStats stats, FwdConfig config) {
        return new Stream(stats.lcore(), stats.rxPort(), stats.txPort(), stats.rxId(),
                stats.txId(), stats.queue(), config.peer(stats.txId()).toString());
    }

    /** The answer of {@code show config txpkts}. */
    static String frames(TxFrames frames) {
        return "Number of segments: %s\nSegment sizes: %s\nSplit packet: off".formatted(
                frames.segments().size(), frames.segments().stream().map(Object::toString)
                        .collect(Collectors.joining(",")));
    }
}
