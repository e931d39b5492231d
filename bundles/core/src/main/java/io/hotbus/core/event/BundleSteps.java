// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.event;

import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.DeviceStep;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Publishes a step for each start, update and stop of a bundle, whoever asked for it. The framework
 * calls it on the thread that changes the bundle.
 */
@Component(service = {}, immediate = true)
public final class BundleSteps implements SynchronousBundleListener {
    private final BundleContext context;
    private final DeviceEvents events;
    /** When the change began that a bundle is in, or its stop ended, by the id of the bundle. */
    private final Map<Long, Long> began = new ConcurrentHashMap<>();

    /** Publishes from now on. */
    @Activate
    public BundleSteps(BundleContext context, @Reference DeviceEvents events) {
        this.context = context;
        this.events = events;
        context.addBundleListener(this);
    }

    @Deactivate
    void deactivate() {
        context.removeBundleListener(this);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        final Bundle bundle = event.getBundle();
        switch (event.getType()) {
            case BundleEvent.STARTING, BundleEvent.STOPPING ->
                    began.put(bundle.getBundleId(), System.nanoTime());
            case BundleEvent.STARTED -> publish(DeviceStep.Kind.BUNDLE_START, bundle);
            case BundleEvent.UPDATED -> publish(DeviceStep.Kind.BUNDLE_UPDATE, bundle);
            case BundleEvent.STOPPED -> {
                publish(DeviceStep.Kind.BUNDLE_STOP, bundle);
                began.put(bundle.getBundleId(), System.nanoTime()); // of an update, if one follows
            }
            case BundleEvent.UNINSTALLED -> began.remove(bundle.getBundleId());
            default -> { }
        }
    }

    private void publish(DeviceStep.Kind kind, Bundle bundle) {
        final long now = System.nanoTime();
        final long since =
                Optional.ofNullable(began.remove(bundle.getBundleId())).orElse(now);
        events.publish(new DeviceStep(kind, "", bundle.getSymbolicName() + ' '
                + bundle.getVersion(), Thread.currentThread().getName(), since, now,
                Optional.empty()));
    }
}
