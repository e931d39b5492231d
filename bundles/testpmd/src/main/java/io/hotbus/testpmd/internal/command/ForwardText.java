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
    record Stream(String lcore, int socket, String rxPort, String txPort, int rxId, int rxSocket,
            int txId, int txSocket, int queue, String peer) {
        private String text() {
            return "\n  RX P=%s/Q=%s (socket %s) -> TX P=%s/Q=%s (socket %s) peer=%s".formatted(
                    rxId, queue, rxSocket, txId, queue, txSocket, peer);
        }
    }

    /** How forwarding is set up, as {@code start} and {@code show config fwd} return it. */
    record Configuration(String engine, boolean running, int ports, int lcores, boolean numa,
            List<Stream> streams) {
        String text() {
            Map<String, List<Stream>> byLcore = streams.stream().collect(Collectors.groupingBy(
                    Stream::lcore, LinkedHashMap::new, Collectors.toList()));
            return "%s packet forwarding - ports=%s - cores=%s - streams=%s - NUMA support %s"
                    .formatted(engine, ports, lcores, streams.size(),
                            numa ? "enabled" : "disabled")
                    + ", MP allocation mode: native" + byLcore.entrySet().stream().map(
                            entry -> text(entry.getKey(), entry.getValue()))
                            .collect(Collectors.joining()) + "\n";
        }

        private static String text(String lcore, List<Stream> streams) {
            return "\nLogical Core %s (socket %s) forwards packets on %s streams:%s".formatted(
                    lcore.substring(lcore.indexOf('-') + 1), streams.get(0).socket(),
                    streams.size(),
                    streams.stream().map(Stream::text).collect(Collectors.joining()));
        }
    }

    private ForwardText() {
    }

    /** {@code config} has the addresses of the peers. */
    static Configuration configuration(Forwarder forwarder, FwdConfig config, Sockets sockets) {
        List<Stream> streams = forwarder.planned().stream()
                .map(stats -> stream(stats, config, sockets)).toList();
        return new Configuration(forwarder.engine(), forwarder.running(),
                (int) streams.stream().map(Stream::rxId).distinct().count(),
                (int) streams.stream().map(Stream::lcore).distinct().count(), sockets.numa(),
                streams);
    }

    private static Stream stream(StreamStats stats, FwdConfig config, Sockets sockets) {
        return new Stream(stats.lcore(), sockets.ofLcore(stats.lcore()), stats.rxPort(),
                stats.txPort(), stats.rxId(), sockets.ofPort(stats.rxId()), stats.txId(),
                sockets.ofPort(stats.txId()), stats.queue(),
                config.peer(stats.txId()).toString());
    }

    /** The answer of {@code show config txpkts}. */
    static String frames(TxFrames frames) {
        return "Number of segments: %s\nSegment sizes: %s\nSplit packet: off".formatted(
                frames.segments().size(), frames.segments().stream().map(Object::toString)
                        .collect(Collectors.joining(",")));
    }
}
