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

    /** The block of one port. */
    public String of(Port port) {
        Sample now = new Sample(System.nanoTime(), port.stats());
        Sample before = last.put(port, now);
        EthStats stats = now.stats;
        double seconds = before == null ? 0 : (now.nanos - before.nanos) / 1e9;
        EthStats rate = before == null ? EthStats.ZERO : stats.minus(before.stats);
        return """
                %s
                  RX-packets: %-10d RX-missed: %-10d RX-bytes:  %d
                  RX-errors: %d
                  RX-nombuf:  %d
                  TX-packets: %-10d TX-errors: %-10d TX-bytes:  %d

                  Throughput (since last show)
                  Rx-pps: %12d          Rx-bps: %12d
                  Tx-pps: %12d          Tx-bps: %12d
                %s""".formatted(
                PortText.heading("#", "NIC statistics for port %d  (%s)"
                        .formatted(port.id(), port.name())),
                stats.rxPackets(), stats.missed(), stats.rxBytes(), stats.rxErrors(),
                stats.noMbuf(), stats.txPackets(), stats.txErrors(), stats.txBytes(),
                perSecond(rate.rxPackets(), seconds), perSecond(rate.rxBytes() * 8, seconds),
                perSecond(rate.txPackets(), seconds), perSecond(rate.txBytes() * 8, seconds),
                PortText.rule("#"));
    }

    /** 0 where the counters went backwards: they were reset in between. */
    private static long perSecond(long count, double seconds) {
        return seconds <= 0 ? 0 : Math.max(0, Math.round(count / seconds));
    }
}
