// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.telemetry.TelemetryCommand;
import io.hotbus.telemetry.TelemetryCommands;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The ports. Source: DPDK {@code lib/ethdev/rte_ethdev.c} and {@code rte_ethdev_telemetry.c}. */
@Component
public final class EthdevCommands implements TelemetryCommands {
    /** Queues that {@code /ethdev/stats} shows: {@code RTE_ETHDEV_QUEUE_STAT_CNTRS}. */
    private static final int STAT_QUEUES = 16;

    private final PortRegistry registry;
    private final List<TelemetryCommand> commands = List.of(
            new TelemetryCommand("/ethdev/list",
                    "Returns list of available ethdev ports. Takes no parameters",
                    parameters -> list()),
            of("/ethdev/info", "Returns the device info for a port", PortInfo::of),
            of("/ethdev/link_status", "Returns the link status for a port", EthdevCommands::link),
            of("/ethdev/stats", "Returns the common stats for a port", EthdevCommands::stats),
            of("/ethdev/xstats", "Returns the extended stats for a port", Port::xstats));

    /** Describes the ports of {@code registry}. */
    @Activate
    public EthdevCommands(@Reference PortRegistry registry) {
        this.registry = registry;
    }

    private TelemetryCommand of(String path, String help, Function<Port, Object> answer) {
        return new TelemetryCommand(path, help + ". Parameters: int port_id", parameters ->
                Ids.first(parameters).flatMap(registry::port).map(answer).orElse(null));
    }

    @Override
    public List<TelemetryCommand> commands() {
        return commands;
    }

    /** The ports without an owner, as in DPDK. */
    private List<Integer> list() {
        return registry.ports().stream().filter(port -> port.owner().isEmpty()).map(Port::id)
                .toList();
    }

    private static Object link(Port port) {
        final Link link = port.link();
        final Map<String, Object> status = new LinkedHashMap<>();
        status.put("status", link.up() ? "UP" : "DOWN");
        if (link.up()) {
            status.put("speed", link.speedMbps());
            status.put("duplex", link.fullDuplex() ? "full-duplex" : "half-duplex");
        }
        return status;
    }

    private static Object stats(Port port) {
        final EthStats stats = port.stats();
        final Map<String, Long> extended = port.xstats();
        final Map<String, Object> all = new LinkedHashMap<>();
        all.put("ipackets", stats.rxPackets());
        all.put("opackets", stats.txPackets());
        all.put("ibytes", stats.rxBytes());
        all.put("obytes", stats.txBytes());
        all.put("imissed", stats.missed());
        all.put("ierrors", stats.rxErrors());
        all.put("oerrors", stats.txErrors());
        all.put("rx_nombuf", stats.noMbuf());
        all.put("q_ipackets", queues(extended, "rx_q%s_packets"));
        all.put("q_opackets", queues(extended, "tx_q%s_packets"));
        all.put("q_ibytes", queues(extended, "rx_q%s_bytes"));
        all.put("q_obytes", queues(extended, "tx_q%s_bytes"));
        all.put("q_errors", queues(extended, "rx_q%s_errors"));
        return all;
    }

    private static List<Long> queues(Map<String, Long> extended, String name) {
        return IntStream.range(0, STAT_QUEUES).mapToObj(name::formatted)
                .map(key -> Optional.ofNullable(extended.get(key)).orElse(0L)).toList();
    }
}
