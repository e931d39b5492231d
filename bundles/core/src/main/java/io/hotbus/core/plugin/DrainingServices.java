// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.plugin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services of one type that are there now, in ranking order. Whoever calls them takes a
 * snapshot; whoever removes one waits until the calls inside it have returned, so that none runs in
 * a component that is deactivated. Any thread.
 *
 * @param <T> the type of the services
 */
public final class DrainingServices<T> {
    private static final Logger LOG = LoggerFactory.getLogger(DrainingServices.class);

    private final Duration patience;
    private volatile List<PlugIn<T>> plugIns = List.of();

    /** {@code patience}: how long {@link #remove} waits, before it says so and goes on. */
    public DrainingServices(Duration patience) {
        this.patience = patience;
    }

    /** Those there now, the highest ranking first, of equals the oldest. */
    public List<PlugIn<T>> snapshot() {
        return plugIns;
    }

    /** From now on in the snapshot, as what is returned. */
    public synchronized PlugIn<T> add(T service, ServiceProperties properties) {
        PlugIn<T> plugIn = new PlugIn<>(service, properties);
        List<PlugIn<T>> next = new ArrayList<>(plugIns);
        next.add(plugIn);
        next.sort(Comparator.comparing(PlugIn::properties));
        plugIns = List.copyOf(next);
        return plugIn;
    }

    /** Takes it out of the snapshot and waits until the calls inside it have returned. */
    public void remove(T service, ServiceProperties properties) {
        for (PlugIn<T> plugIn : takeOut(service, properties)) {
            if (!plugIn.drain(patience)) {
                LOG.error("{}: a call inside it has not returned within {} s; left all the same",
                        plugIn, patience.toSeconds());
            }
        }
    }

    private synchronized List<PlugIn<T>> takeOut(T service, ServiceProperties properties) {
        List<PlugIn<T>> gone = plugIns.stream().filter(plugIn -> plugIn.service() == service
                && plugIn.properties().id() == properties.id()).toList();
        plugIns = plugIns.stream().filter(plugIn -> !gone.contains(plugIn)).toList();
        return gone;
    }
}
