// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The counters of ports, in the shape that DPDK's testpmd prints, with the rates since a port was
 * last shown here. Any thread.
 */
public final class StatsText {
    private record Sample(long nanos, EthStats stats) {
    }

    private final Map<Port, Sample> last = Collections.synchronizedMap(new WeakHashMap<>());

    /** The counters of a port, as {@code show port stats} returns them. */
    record PortStats(int port, String device, EthStats stats, long rxPps, long rxBps, long txPps,
            long txBps) {
        String text() {
            return """

                    %s
                      RX-packets: %-10s RX-missed: %-10s RX-bytes:  %s
                      RX-errors: %s
                      RX-nombuf:  %-10s
                      TX-packets: %-10s TX-errors: %-10s TX-bytes:  %s

                      Throughput (since last show)
                      Rx-pps: %12s          Rx-bps: %12s
                      Tx-pps: %12s          Tx-bps: %12s
                    %s""".formatted(
                    PortText.heading("#", "NIC statistics for port %s  (%s)"
                            .formatted(port, device)),
                    stats.rxPackets(), stats.missed(), stats.rxBytes(), stats.rxErrors(),
                    stats.noMbuf(), stats.txPackets(), stats.txErrors(), stats.txBytes(),
                    rxPps, rxBps, txPps, txBps, PortText.rule("#"));
        }
    }

    /** The block of one port. */
    public String of(Port port) {
        return sample(port).text();
    }

    PortStats sample(Port port) {
        Sample now = new Sample(System.nanoTime(), port.stats());
        Sample before = last.put(port, now);
        EthStats stats = now.stats;
        double seconds = before == null ? 0 : (now.nanos - before.nanos) / 1e9;
        EthStats rate = before == null ? EthStats.ZERO : stats.minus(before.stats);
        return new PortStats(port.id(), port.name(), stats,
                perSecond(rate.rxPackets(), seconds), perSecond(rate.rxBytes() * 8, seconds),
                perSecond(rate.txPackets(), seconds), perSecond(rate.txBytes() * 8, seconds));
    }

    /** 0 where the counters went backwards: they were reset in between. */
    private static long perSecond(long count, double seconds) {
        return seconds <= 0 ? 0 : Math.max(0, Math.round(count / seconds));
    }
}
