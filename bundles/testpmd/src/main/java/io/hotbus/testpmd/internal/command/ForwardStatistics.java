// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.StreamStats;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * What was forwarded since the last start, as {@code show fwd} and {@code stop} return it; the text
 * has the shape that DPDK's testpmd prints.
 */
public record ForwardStatistics(List<StreamCounters> streams, List<PortCounters> ports,
        Counters total, boolean checksums) {
    /** The engine that reports wrong checksums. */
    private static final String CSUM = "csum";
    private static final String STREAM_BORDER = "-".repeat(7);
    private static final String PORT_BORDER = "-".repeat(22);
    private static final String TOTAL_BORDER = "+".repeat(15);

    /** Packets of a stream, or of all. */
    record Counters(long received, long sent, long dropped) {
    }

    /** A stream since the last start; it may have ended. */
    record StreamCounters(String lcore, String rxPort, String txPort, int rxId, int txId,
            int queue, boolean running, Counters packets) {
        private String text() {
            return "\n  %s Forward Stats for RX Port=%2s/Queue=%2s -> TX Port=%2s/Queue=%2s %s"
                    .formatted(STREAM_BORDER, rxId, queue, txId, queue, STREAM_BORDER)
                    + "\n  RX-packets: %-14s TX-packets: %-14s TX-dropped: %-14s".formatted(
                            packets.received, packets.sent, packets.dropped);
        }
    }

    /** A port since the last start: what streams took from it, and what was sent on it. */
    record PortCounters(int port, long received, long missed, long sent, long dropped,
            long badIpChecksums, long badL4Checksums) {
        private String text(boolean checksums) {
            return "\n  %s Forward statistics for port %-2s %s\n%s\n%s".formatted(PORT_BORDER, port,
                    PORT_BORDER, lines(received, missed, sent, dropped, checksums
                            ? "\n  Bad-ipcsum: %-14s Bad-l4csum: %-14sBad-outer-l4csum: %-14s\n"
                                    .concat("  Bad-outer-ipcsum: %-14s")
                                    .formatted(badIpChecksums, badL4Checksums, 0, 0) : ""),
                    PortText.rule("-"));
        }
    }

    /** Every port, each stream where there are more of these, and the sum. */
    public String text() {
        StringBuilder text = new StringBuilder();
        if (streams.size() > ports.size()) {
            streams.stream().filter(stream -> stream.packets.received + stream.packets.sent
                    + stream.packets.dropped != 0)
                    .forEach(stream -> text.append(stream.text()).append('\n'));
        }
        ports.forEach(port -> text.append(port.text(checksums)).append('\n'));
        long missed = sum(PortCounters::missed);
        return text.append("\n  %s Accumulated forward statistics for all ports%s\n".formatted(
                TOTAL_BORDER, TOTAL_BORDER))
                .append(lines(sum(PortCounters::received), missed, sum(PortCounters::sent),
                        sum(PortCounters::dropped), ""))
                .append('\n').append(PortText.rule("+")).toString();
    }

    private long sum(ToLongFunction<PortCounters> counter) {
        return ports.stream().mapToLong(counter).sum();
    }

    private static String lines(
            long received, long missed, long sent, long dropped, String checksums) {
        return "  RX-packets: %-14s RX-dropped: %-14sRX-total: %s%s".formatted(
                received, missed, received + missed, checksums)
                + "\n  TX-packets: %-14s TX-dropped: %-14sTX-total: %s".formatted(
                        sent, dropped, sent + dropped);
    }

    /** Every stream since the last start, every port, and their sum. */
    public static ForwardStatistics of(Forwarder forwarder) {
        List<StreamStats> all = forwarder.statistics();
        Map<Integer, Long> missed = forwarder.missed();
        TreeSet<Integer> ids = new TreeSet<>(missed.keySet());
        all.forEach(stream -> ids.addAll(List.of(stream.rxId(), stream.txId())));
        return new ForwardStatistics(
                all.stream().map(ForwardStatistics::stream).toList(),
                ids.stream().map(id -> port(id, all, missed.getOrDefault(id, 0L))).toList(),
                new Counters(sum(all, s -> true, StreamStats::received),
                        sum(all, s -> true, ForwardStatistics::put),
                        sum(all, s -> true, StreamStats::dropped)),
                forwarder.engine().equals(CSUM));
    }

    private static StreamCounters stream(StreamStats s) {
        return new StreamCounters(s.lcore(), s.rxPort(), s.txPort(), s.rxId(), s.txId(), s.queue(),
                s.running(), new Counters(s.received(), put(s), s.dropped()));
    }

    /** What was put on the transmit queue: also what {@code tx_first} sent. */
    private static long put(StreamStats stream) {
        return stream.sent() + stream.injected();
    }

    private static PortCounters port(int id, List<StreamStats> all, long missed) {
        Predicate<StreamStats> from = stream -> stream.rxId() == id;
        Predicate<StreamStats> to = stream -> stream.txId() == id;
        return new PortCounters(id, sum(all, from, StreamStats::received), missed,
                sum(all, to, ForwardStatistics::put), sum(all, to, StreamStats::dropped),
                sum(all, from, StreamStats::badIpChecksums),
                sum(all, from, StreamStats::badL4Checksums));
    }

    private static long sum(List<StreamStats> all, Predicate<StreamStats> which,
            ToLongFunction<StreamStats> counter) {
        return all.stream().filter(which).mapToLong(counter).sum();
    }
}
