// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.FaultCounts;
import io.hotbus.history.Fault;
import io.hotbus.history.History;
import io.hotbus.history.HistoryCounts;
import io.hotbus.history.Removal;
import io.hotbus.telemetry.TelemetryCommand;
import io.hotbus.telemetry.TelemetryCommands;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What DPDK has no command for: devices, faults and removals. */
@Component
public final class HotbusCommands implements TelemetryCommands {
    /** How many removals, and how many faults, are told one by one. */
    static final int SHOWN = 32;

    private final DeviceManager devices;
    private final FailureHandling handling;
    private final History history;
    private final List<TelemetryCommand> commands = List.of(
            new TelemetryCommand("/hotbus/devices",
                    "Returns all devices by name. Takes no parameters", parameters -> devices()),
            new TelemetryCommand("/hotbus/faults",
                    "Returns faults of accesses to devices that were gone. Takes no parameters",
                    parameters -> faults()),
            new TelemetryCommand("/hotbus/removals",
                    "Returns removals of devices. Takes no parameters",
                    parameters -> removals()));

    /** Describes the devices of {@code devices} and what {@code history} keeps. */
    @Activate
    public HotbusCommands(@Reference DeviceManager devices, @Reference FailureHandling handling,
            @Reference History history) {
        this.devices = devices;
        this.handling = handling;
        this.history = history;
    }

    @Override
    public List<TelemetryCommand> commands() {
        return commands;
    }

    private Map<String, Object> devices() {
        final Map<String, Object> all = new LinkedHashMap<>();
        for (Device device : devices.devices()) {
            final Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("bus", device.busName());
            shown.put("state", device.state().name());
            shown.put("devargs", device.devargs().toString());
            shown.put("numa_node", device.numaNode());
            all.put(device.name(), shown);
        }
        return all;
    }

    private Map<String, Object> faults() {
        final FaultCounts counts = handling.faults();
        final Map<String, Object> all = new LinkedHashMap<>();
        all.put("enabled", handling.enabled() ? 1 : 0);
        all.put("claimed", counts.claimed());
        all.put("released", counts.released());
        all.put("waiting", counts.waiting());
        final HistoryCounts counted = history.counts();
        all.put("count", counted.faults());
        all.put("repair_ns", counted.repairNanos());
        all.put("longest_repair_ns", counted.longestRepairNanos());
        all.put("last", history.faults(Long.MAX_VALUE, SHOWN).stream()
                .map(HotbusCommands::shown).toList());
        return all;
    }

    private Map<String, Object> removals() {
        final HistoryCounts counted = history.counts();
        final Map<String, Object> all = new LinkedHashMap<>();
        all.put("count", counted.removals());
        all.put("causes", counted.causes().entrySet().stream().collect(Collectors.toMap(
                cause -> cause.getKey().name(), Map.Entry::getValue)));
        all.put("last", history.removals(Long.MAX_VALUE, SHOWN).stream()
                .map(HotbusCommands::shown).toList());
        return all;
    }

    private static Map<String, Object> shown(Removal removal) {
        final Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("number", removal.number());
        shown.put("device", removal.device());
        shown.put("bus", removal.bus());
        shown.put("cause", removal.cause().name());
        shown.put("time", removal.time().toString());
        removal.detachedNanos().ifPresent(nanos -> shown.put("detached_ns", nanos));
        removal.returnedNanos().ifPresent(nanos -> shown.put("attached_ns", nanos));
        return shown;
    }

    private static Map<String, Object> shown(Fault fault) {
        final Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("device", fault.device());
        shown.put("window", fault.window());
        shown.put("thread", fault.thread());
        shown.put("repair_ns", fault.repairNanos());
        shown.put("time", fault.time().toString());
        return shown;
    }
}
