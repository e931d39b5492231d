// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.util.concurrent.ScheduledExecutorService;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.cm.SynchronousConfigurationListener;

/**
 * Watches that events of bundles and changes of configurations are delivered. The framework and
 * Configuration Admin have one thread each for this, and a bundle that hangs can block it.
 */
final class Deliveries implements AutoCloseable {
    /** Events that only synchronous listeners receive. */
    private static final int NOT_QUEUED =
            BundleEvent.STARTING | BundleEvent.STOPPING | BundleEvent.LAZY_ACTIVATION;

    private final BundleContext context;
    private final BundleListener bundleArrived;
    private final SynchronousBundleListener bundleSent;
    private final ServiceRegistration<?> configurationArrived;
    private final ServiceRegistration<?> configurationSent;

    /** Starts with the next event. */
    Deliveries(BundleContext context, Bundles bundles, ScheduledExecutorService later) {
        this.context = context;
        Backlog events = new Backlog("events of bundles", "FelixDispatchQueue", bundles, later);
        this.bundleArrived = event -> events.arrived();
        this.bundleSent = event -> {
            if ((event.getType() & NOT_QUEUED) == 0) {
                events.sent();
            }
        };
        context.addBundleListener(bundleArrived);
        context.addBundleListener(bundleSent);
        Backlog changes = new Backlog(
                "changes of configurations", "CM Event Dispatcher", bundles, later);
        this.configurationArrived = context.registerService(
                ConfigurationListener.class, event -> changes.arrived(), null);
        this.configurationSent = context.registerService(
                SynchronousConfigurationListener.class, event -> changes.sent(), null);
    }

    @Override
    public void close() {
        context.removeBundleListener(bundleSent);
        context.removeBundleListener(bundleArrived);
        configurationSent.unregister();
        configurationArrived.unregister();
    }
}
