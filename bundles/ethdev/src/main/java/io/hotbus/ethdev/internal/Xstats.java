// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.ethdev.EthStats;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The extended statistics of a port. Source: DPDK {@code eth_dev_stats_strings} in
 * {@code lib/ethdev/rte_ethdev.c}, names and order.
 */
final class Xstats {
    private Xstats() {
    }

    /** Returns {@code stats} by DPDK's names, then the counters of the driver. */
    static Map<String, Long> of(EthStats stats, Map<String, Long> ofDriver) {
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("rx_good_packets", stats.rxPackets());
        all.put("tx_good_packets", stats.txPackets());
        all.put("rx_good_bytes", stats.rxBytes());
        all.put("tx_good_bytes", stats.txBytes());
        all.put("rx_missed_errors", stats.missed());
        all.put("rx_errors", stats.rxErrors());
        all.put("tx_errors", stats.txErrors());
        all.put("rx_mbuf_allocation_errors", stats.noMbuf());
        all.putAll(ofDriver);
        return Collections.unmodifiableMap(all);
    }
}
