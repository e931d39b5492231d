// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.telemetry.TelemetryCommand;
import io.hotbus.telemetry.TelemetryCommands;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The mempools. Source: DPDK {@code lib/mempool/rte_mempool.c}. */
@Component
public final class MempoolCommands implements TelemetryCommands {
    /** {@code RTE_MEMPOOL_F_POOL_CREATED}. */
    private static final int CREATED = 0x10;
    /** {@code SOCKET_ID_ANY}. */
    private static final int ANY_SOCKET = -1;

    private final Mempools mempools;
    private final List<TelemetryCommand> commands = List.of(
            new TelemetryCommand("/mempool/list",
                    "Returns list of available mempool. Takes no parameters",
                    parameters -> pools().stream().map(Mempool::name).toList()),
            new TelemetryCommand("/mempool/info",
                    "Returns mempool info. Parameters: pool_name", this::info));

    /** Describes {@code mempools}. */
    @Activate
    public MempoolCommands(@Reference Mempools mempools) {
        this.mempools = mempools;
    }

    @Override
    public List<TelemetryCommand> commands() {
        return commands;
    }

    private List<Mempool> pools() {
        return mempools.pools();
    }

    /** Null without a name; nothing for a name that no pool has. */
    private Object info(Optional<String> name) {
        return name.isEmpty() ? null : pools().stream()
                .filter(pool -> pool.name().equals(name.get())).findFirst()
                .map(MempoolCommands::info).orElse(Map.of());
    }

    /** The keys of DPDK, then {@code available} and {@code reserved}, in buffers. */
    private static Map<String, Object> info(Mempool pool) {
        final Map<String, Object> info = new LinkedHashMap<>();
        info.put("name", pool.name());
        info.put("pool_id", pool.memory().address());
        info.put("flags", CREATED);
        info.put("socket_id", ANY_SOCKET);
        info.put("size", pool.capacity());
        info.put("cache_size", MempoolCaches.DEFAULT_CAPACITY);
        info.put("elt_size", Mbuf.HEADER + Mbuf.HEADROOM + pool.dataRoom());
        info.put("header_size", 0);
        info.put("trailer_size", 0);
        info.put("private_data_size", 0);
        info.put("ops_index", 0);
        info.put("populated_size", pool.capacity());
        info.put("mz_name", "mempool " + pool.name());
        info.put("mz_len", pool.memory().length());
        info.put("mz_hugepage_sz", pool.memory().pageSize());
        info.put("mz_socket_id", ANY_SOCKET);
        info.put("mz_flags", 0);
        info.put("available", pool.available());
        info.put("reserved", pool.reserved());
        return info;
    }
}
