// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortState;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/** A port in the numbers of DPDK 22.11. Source: {@code rte_ethdev.h}. */
final class PortInfo {
    /** {@code RTE_ETH_DEV_ATTACHED} and {@code RTE_ETH_DEV_REMOVED}. */
    private static final int ATTACHED = 1;
    private static final int REMOVED = 2;
    /** {@code RTE_ETH_DEV_INTR_RMV}: its removal is noticed, which is true of every port here. */
    private static final int INTR_RMV = 1 << 3;

    private PortInfo() {
    }

    /** The value of {@code /ethdev/info}. */
    static Map<String, Object> of(Port port) {
        final Optional<PortConfig> config = port.config();
        final boolean started = port.state() == PortState.STARTED;
        final Map<String, Object> info = new LinkedHashMap<>();
        info.put("name", port.name());
        info.put("state", port.isRemoved() ? REMOVED : ATTACHED);
        info.put("nb_rx_queues", config.map(PortConfig::rxQueues).orElse(0));
        info.put("nb_tx_queues", config.map(PortConfig::txQueues).orElse(0));
        info.put("port_id", port.id());
        info.put("mtu", port.mtu());
        info.put("rx_mbuf_size_min",
                config.map(c -> Mbuf.HEADROOM + c.pool().dataRoom()).orElse(0));
        info.put("mac_addr", port.macAddress().toString());
        info.put("promiscuous", number(port.promiscuous()));
        info.put("scattered_rx", number(config.isPresent()
                && port.mtu() > config.get().pool().dataRoom()));
        info.put("all_multicast", number(port.rxFilter().allMulticast()));
        info.put("dev_started", number(started));
        info.put("lro", 0);
        info.put("dev_configured", number(config.isPresent()));
        info.put("rxq_state", states(config.map(PortConfig::rxQueues), started));
        info.put("txq_state", states(config.map(PortConfig::txQueues), started));
        info.put("numa_node", Math.max(0, port.device().numaNode()));
        info.put("dev_flags", INTR_RMV);
        info.put("rx_offloads", bits(config.map(PortConfig::rxOffloads), PortInfo::bit));
        info.put("tx_offloads", bits(config.map(PortConfig::txOffloads), PortInfo::bit));
        info.put("ethdev_rss_hf", bits(
                config.map(PortConfig::rss).map(RssConfig::hashes), PortInfo::bit));
        return info;
    }

    private static int number(boolean flag) {
        return flag ? 1 : 0;
    }

    private static List<Integer> states(Optional<Integer> queues, boolean started) {
        return Collections.nCopies(queues.orElse(0), number(started));
    }

    private static <T> long bits(Optional<Set<T>> values, ToIntFunction<T> bit) {
        return values.stream().flatMap(Collection::stream)
                .mapToLong(value -> 1L << bit.applyAsInt(value)).sum();
    }

    /** {@code RTE_ETH_RX_OFFLOAD_*}. */
    private static int bit(RxOffload offload) {
        return switch (offload) {
            case VLAN_STRIP -> 0;
            case IPV4_CKSUM -> 1;
            case UDP_CKSUM -> 2;
            case TCP_CKSUM -> 3;
            case RSS_HASH -> 19;
        };
    }

    /** {@code RTE_ETH_TX_OFFLOAD_*}. */
    private static int bit(TxOffload offload) {
        return switch (offload) {
            case VLAN_INSERT -> 0;
            case IPV4_CKSUM -> 1;
            case UDP_CKSUM -> 2;
            case TCP_CKSUM -> 3;
            case TCP_TSO -> 5;
        };
    }

    /** {@code RTE_ETH_RSS_*}. */
    private static int bit(RssHash hash) {
        return switch (hash) {
            case IPV4 -> 2;
            case IPV4_TCP -> 4;
            case IPV4_UDP -> 5;
            case IPV6 -> 8;
            case IPV6_TCP -> 10;
            case IPV6_UDP -> 11;
        };
    }
}
