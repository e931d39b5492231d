// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import io.hotbus.app.LcoreTimes;
import io.hotbus.app.LcoreUsage;
import io.hotbus.app.LcoreUsages;
import io.hotbus.cli.Shell;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.web.internal.Snapshot.DeviceRow;
import io.hotbus.web.internal.Snapshot.LcoreRow;
import io.hotbus.web.internal.Snapshot.PortRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what the page shows, each time anew. Any thread. */
@Component(service = State.class)
public final class State {
    private static final Logger LOG = LoggerFactory.getLogger(State.class);

    private final String version;
    private final DeviceManager devices;
    private final PortRegistry ports;
    private final FailureHandling handling;
    private final Shell shell;
    private final Changes changes;
    @Reference
    private volatile List<RemovalInjector> injectors = List.of();
    @Reference
    private volatile List<LcoreUsages> usages = List.of();

    /** Reads from these. */
    @Activate
    public State(BundleContext context, @Reference DeviceManager devices,
            @Reference PortRegistry ports, @Reference FailureHandling handling,
            @Reference Shell shell, @Reference Changes changes) {
        final Version whole = context.getBundle().getVersion();
        this.version = "%s.%s.%s".formatted(Integer.toString(whole.getMajor()),
                Integer.toString(whole.getMinor()), Integer.toString(whole.getMicro()));
        this.devices = devices;
        this.ports = ports;
        this.handling = handling;
        this.shell = shell;
        this.changes = changes;
    }

    Snapshot read() {
        final long nanos = System.nanoTime();
        final List<PortRow> rows = new ArrayList<>();
        for (Port port : ports.ports()) {
            try {
                rows.add(PortRow.of(port));
            } catch (RuntimeException e) {
                LOG.debug("{} went while it was read", port.name(), e);
            }
        }
        return new Snapshot(version, ProcessHandle.current().pid(), nanos, deviceRows(), rows,
                lcoreRows(), handling.faults(), shell.verbs().contains("start"),
                changes.count());
    }

    private List<LcoreRow> lcoreRows() {
        final Map<Integer, Long> busy = usages.stream()
                .flatMap(of -> of.lcoreUsages().stream())
                .collect(Collectors.toMap(LcoreUsage::lcore, LcoreUsage::busyNanos, Long::sum));
        return LcoreTimes.all().stream().map(times -> new LcoreRow(times.lcore(),
                times.runningNanos(), times.waitingNanos(),
                Optional.ofNullable(busy.get(times.lcore())))).toList();
    }

    private List<DeviceRow> deviceRows() {
        final Map<String, Boolean> slots = injectors.stream()
                .flatMap(injector -> injector.slots().stream())
                .collect(Collectors.toMap(RemovalInjector.Slot::name,
                        RemovalInjector.Slot::present, (first, second) -> first));
        final List<DeviceRow> rows = new ArrayList<>();
        for (Device device : devices.devices()) {
            final Optional<Port> port = ports.port(device.name());
            final Optional<Boolean> present = Optional.ofNullable(slots.remove(device.name()));
            rows.add(new DeviceRow(device.name(), Optional.of(device.busName()),
                    device.state().name(), port.map(p -> p.info().driver()), port.map(Port::id),
                    present.orElse(false), present.isPresent() && !present.get(), true));
        }
        slots.forEach((name, present) -> rows.add(new DeviceRow(name, Optional.empty(),
                present ? "PLUGGED_IN" : "PULLED_OUT", Optional.empty(), Optional.empty(),
                present, !present, false)));
        return rows;
    }
}
