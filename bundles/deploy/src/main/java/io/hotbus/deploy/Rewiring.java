// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refreshes the wiring of bundles that use a bundle which was updated or uninstalled. It stops all
 * these bundles first, one by one, because the framework would stop and start them under a lock
 * that all others need. The caller starts them again. One thread at a time.
 */
final class Rewiring {
    private static final Logger LOG = LoggerFactory.getLogger(Rewiring.class);

    private final Bundle system;
    private final Duration limit;
    private final Predicate<Bundle> stops;
    /** Bundles that have changed, and cannot be refreshed while a bundle hangs. */
    private final Set<Bundle> due = new HashSet<>();

    /**
     * Creates it with no changed bundle.
     *
     * @param limit how long to wait for the framework
     * @param stops stops a bundle temporarily; false if the stop hangs
     */
    Rewiring(BundleContext context, Duration limit, Predicate<Bundle> stops) {
        this.limit = limit;
        this.system = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
        this.stops = stops;
    }

    /** Refreshes {@code changed}, and the bundles that could not be refreshed before. */
    void refresh(Collection<Bundle> changed) {
        due.addAll(changed);
        if (due.isEmpty()) {
            return;
        }
        FrameworkWiring wiring = system.adapt(FrameworkWiring.class);
        List<Bundle> hanging = wiring.getDependencyClosure(due).stream()
                .filter(Rewiring::runs).filter(stops.negate()).toList();
        if (!hanging.isEmpty()) {
            LOG.warn("{}: what it was before is in use until these return: {}",
                    Bundles.labels(due), Bundles.labels(hanging));
            return;
        }
        Set<Bundle> now = Set.copyOf(due);
        due.clear();
        CountDownLatch done = new CountDownLatch(1);
        wiring.refreshBundles(now, event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                done.countDown();
            }
        });
        try {
            if (!done.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{}: the framework has not told within {} s that what uses it is wired"
                        + " anew", Bundles.labels(now), limit.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean runs(Bundle bundle) {
        return (bundle.getState() & (Bundle.STARTING | Bundle.ACTIVE | Bundle.STOPPING)) != 0;
    }
}
