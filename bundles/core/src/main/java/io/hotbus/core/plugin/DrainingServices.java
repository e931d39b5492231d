// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.plugin;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registered services of one type, in ranking order. A caller takes a snapshot of them. The
 * removal of a service waits until the calls inside it have returned, so that no call runs in a
 * component that is deactivated. Any thread.
 *
 * @param <T> the type of the services
 */
public final class DrainingServices<T> {
    private static final Logger LOG = LoggerFactory.getLogger(DrainingServices.class);

    private final Supplier<Duration> patience;
    private volatile List<PlugIn<T>> plugIns = List.of();

    /** {@code patience}: how long {@link #remove} waits before it logs a warning and goes on. */
    public DrainingServices(Supplier<Duration> patience) {
        this.patience = patience;
    }

    /** The services that are registered now: the highest ranking first, then the oldest. */
    public List<PlugIn<T>> snapshot() {
        return plugIns;
    }

    /** Adds {@code service} to the snapshot, as the returned plug-in. */
    public synchronized PlugIn<T> add(T service, ServiceProperties properties) {
        PlugIn<T> plugIn = new PlugIn<>(service, properties);
        plugIns = inOrder(Stream.concat(plugIns.stream(), Stream.of(plugIn)));
        return plugIn;
    }

    private static <T> List<PlugIn<T>> inOrder(Stream<PlugIn<T>> services) {
        return services.sorted(Comparator.comparing(PlugIn::properties)).toList();
    }

    /** Moves {@code service} to the place that its new {@code properties} give it. */
    public synchronized void update(T service, ServiceProperties properties) {
        plugIns.stream().filter(plugIn -> isOf(plugIn, service, properties))
                .forEach(plugIn -> plugIn.update(properties));
        plugIns = inOrder(plugIns.stream());
    }

    /**
     * Whether the plug-in is this registration of the service. A service may be registered twice;
     * the id tells the registrations apart.
     */
    private static <T> boolean isOf(PlugIn<T> plugIn, T service, ServiceProperties properties) {
        return plugIn.service() == service && plugIn.properties().id() == properties.id();
    }

    /**
     * Takes {@code service} out of the snapshot and waits until the calls inside it have returned.
     */
    public void remove(T service, ServiceProperties properties) {
        Duration limit = patience.get();
        for (PlugIn<T> plugIn : takeOut(service, properties)) {
            if (!plugIn.drain(limit)) {
                LOG.error("{}: a call inside it has not returned within {} s; left all the same",
                        plugIn, limit.toSeconds());
            }
        }
    }

    private synchronized List<PlugIn<T>> takeOut(T service, ServiceProperties properties) {
        List<PlugIn<T>> gone = plugIns.stream()
                .filter(plugIn -> isOf(plugIn, service, properties)).toList();
        plugIns = plugIns.stream().filter(plugIn -> !gone.contains(plugIn)).toList();
        return gone;
    }
}
