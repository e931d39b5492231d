// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.device;

import io.hotbus.core.plugin.DrainingServices;
import io.hotbus.core.plugin.PlugIn;
import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.DeviceException;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The buses that are registered now. A bus that throws does not affect the others. Any thread. */
@Component(service = Buses.class)
public final class Buses {
    private static final Logger LOG = LoggerFactory.getLogger(Buses.class);

    /** An operation on a bus. */
    @FunctionalInterface
    public interface Action {
        void accept(Bus bus) throws DeviceException;
    }

    private final DrainingServices<Bus> buses;

    @Activate
    public Buses(@Reference CoreSettings settings) {
        // A probe may be running inside a bus. If the probe hangs, the framework must not wait
        // forever.
        buses = new DrainingServices<>(settings::serviceDrain);
    }

    public void add(Bus bus, ServiceProperties properties) {
        List<PlugIn<Bus>> before = named(bus.name());
        buses.add(bus, properties);
        LOG.info("{}: bus installed", bus.name());
        if (!before.isEmpty()) {
            LOG.warn("{}: two buses have that name; {} gets what is attached from now on, and each "
                    + "keeps what it has", bus.name(), named(bus.name()).get(0));
        }
    }

    /** Takes over changed properties; the ranking of the bus may have changed. */
    public void update(Bus bus, ServiceProperties properties) {
        buses.update(bus, properties);
    }

    /** Removes the bus. Returns when the calls inside the bus have returned. */
    public void remove(Bus bus, ServiceProperties properties) {
        buses.remove(bus, properties);
        LOG.info("{}: bus removed", bus.name());
    }

    /** All buses, the highest ranking first. */
    public List<PlugIn<Bus>> all() {
        return buses.snapshot();
    }

    /** The buses of that name: normally one, two while a bus is replaced. */
    List<PlugIn<Bus>> named(String name) {
        return all().stream().filter(bus -> bus.service().name().equals(name)).toList();
    }

    /** Runs {@code action} on every bus. {@code what} names the action in the log. */
    public void forEach(String what, Action action) {
        for (PlugIn<Bus> bus : all()) {
            try {
                bus.call(b -> {
                    action.accept(b);
                    return b;
                });
            } catch (Throwable e) {
                // Errors too: a bundle that is going away may fail to link.
                LOG.error("{}: {} failed", bus, what, e);
            }
        }
    }
}
