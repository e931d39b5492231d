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

/** The buses there are now. Any thread. A bus that throws harms no other. */
@Component(service = Buses.class)
public final class Buses {
    private static final Logger LOG = LoggerFactory.getLogger(Buses.class);

    /** What is done with each bus. */
    @FunctionalInterface
    public interface Action {
        void accept(Bus bus) throws DeviceException;
    }

    private final DrainingServices<Bus> buses;

    @Activate
    public Buses(@Reference CoreSettings settings) {
        // A probe may be running inside; one that hangs is not to keep the framework for ever.
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

    /** Its ranking may have changed. */
    public void update(Bus bus, ServiceProperties properties) {
        buses.update(bus, properties);
    }

    /** Returns when the calls inside it have. */
    public void remove(Bus bus, ServiceProperties properties) {
        buses.remove(bus, properties);
        LOG.info("{}: bus removed", bus.name());
    }

    /** The highest ranking first. */
    public List<PlugIn<Bus>> all() {
        return buses.snapshot();
    }

    /** Those of that name: one, or while it is replaced two. */
    List<PlugIn<Bus>> named(String name) {
        return all().stream().filter(bus -> bus.service().name().equals(name)).toList();
    }

    /** Does {@code action} with every bus; {@code what} it is, for the log. */
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
