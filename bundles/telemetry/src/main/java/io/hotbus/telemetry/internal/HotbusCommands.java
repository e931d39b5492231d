// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.FaultCounts;
import io.hotbus.telemetry.TelemetryCommand;
import io.hotbus.telemetry.TelemetryCommands;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What DPDK has no command for: devices, faults and removals. */
@Component
public final class HotbusCommands implements TelemetryCommands {
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

    /** Describes the devices of {@code devices} and what {@code history} remembers. */
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
        all.putAll(history.faults());
        return all;
    }

    private Map<String, Object> removals() {
        return history.removals();
    }
}
