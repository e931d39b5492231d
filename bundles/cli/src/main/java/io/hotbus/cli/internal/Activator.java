// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli.internal;

import io.hotbus.cli.Shell;
import io.hotbus.cli.Verbs;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tracks the services that provide verbs, and informs the Gogo shell if it is installed. */
@Capability(namespace = "osgi.service",
        attribute = "objectClass:List<String>='io.hotbus.cli.Shell'", effective = "active")
public final class Activator implements BundleActivator {
    private static final Logger LOG = LoggerFactory.getLogger(Activator.class);

    private ServiceTracker<Verbs, Verbs> tracker;

    @Override
    public void start(BundleContext context) {
        Registry registry = new Registry();
        Runnable changed = gogo(context, registry);
        changed.run();
        context.registerService(Shell.class, registry, null);
        tracker = new ServiceTracker<>(context, Verbs.class, null) {
            @Override
            public Verbs addingService(ServiceReference<Verbs> reference) {
                Verbs verbs = super.addingService(reference);
                try {
                    registry.add(verbs);
                    changed.run();
                    LOG.debug("{}: brings verbs", reference.getBundle());
                } catch (RuntimeException e) {
                    LOG.error("{}: its verbs are left out: {}", reference.getBundle(),
                            e.getMessage(), e);
                }
                return verbs;
            }

            @Override
            public void removedService(ServiceReference<Verbs> reference, Verbs verbs) {
                registry.remove(verbs);
                changed.run();
                super.removedService(reference, verbs);
            }
        };
        tracker.open();
    }

    /** The code to run when verbs come or go; does nothing if Gogo is not installed. */
    private static Runnable gogo(BundleContext context, Registry registry) {
        try {
            return new GogoVerbs(context, registry)::update;
        } catch (NoClassDefFoundError e) {
            LOG.debug("no shell: {}", e.getMessage());
            return () -> { };
        }
    }

    /** Stops tracking. The framework unregisters the commands. */
    @Override
    public void stop(BundleContext context) {
        tracker.close();
    }
}
