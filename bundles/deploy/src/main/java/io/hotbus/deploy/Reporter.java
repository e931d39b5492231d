// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs changes of bundles for the operator: a line for each step, and, after a short delay, a line
 * for each bundle that does not work. The start and end of the product itself are not logged.
 */
final class Reporter implements SynchronousBundleListener, ServiceListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reporter.class);
    /** Declarative Services modify this service when the state of a component changes. */
    private static final String COMPONENT_RUNTIME =
            "(objectClass=org.osgi.service.component.runtime.ServiceComponentRuntime)";
    /** How often a starting bundle is checked again before it counts as hanging. */
    private static final int PATIENCE = 20;

    private final BundleContext context;
    private final Bundles bundles;
    private final Diagnosis diagnosis;
    private final Duration settle;
    private final ScheduledExecutorService later;
    /** The bundles of the product that have not been started yet. */
    private final Set<Long> starting = ConcurrentHashMap.newKeySet();
    private final Map<Long, Version> versions = new ConcurrentHashMap<>();
    /** The last complaint by bundle id. On the reporter's thread. */
    private final Map<Long, String> complaints = new HashMap<>();
    /** How often a bundle was still starting at a check, by id. On the reporter's thread. */
    private final Map<Long, Integer> underWay = new HashMap<>();
    /** All bundles that changed since this object was created. */
    private final Set<Long> followed = ConcurrentHashMap.newKeySet();
    /** The bundles to check. Guarded by itself. */
    private final Set<Long> touched = new TreeSet<>();
    private volatile boolean stopping;

    /** @param settle how long a bundle may lack another file, or a service of another bundle */
    Reporter(BundleContext context, Bundles bundles, Diagnosis diagnosis,
            ScheduledExecutorService later, Duration settle) throws InvalidSyntaxException {
        this.context = context;
        this.bundles = bundles;
        this.diagnosis = diagnosis;
        this.later = later;
        this.settle = settle;
        context.addBundleListener(this);
        context.addServiceListener(this, COMPONENT_RUNTIME);
        bundles.listen((bundle, hangs) -> touch(Set.of(bundle.getBundleId())));
        Arrays.stream(context.getBundles()).forEach(bundle -> {
            versions.put(bundle.getBundleId(), bundle.getVersion());
            if (bundle.getState() != Bundle.ACTIVE) {
                starting.add(bundle.getBundleId());
            }
        });
    }

    @Override
    public void close() {
        context.removeBundleListener(this);
        context.removeServiceListener(this);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        if (bundle.getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
            stopping |= event.getType() == BundleEvent.STOPPING;
        } else if (!stopping && !starting.contains(bundle.getBundleId())) {
            tell(event.getType(), bundle);
            followed.add(bundle.getBundleId());
            touch(Set.of(bundle.getBundleId()));
        } else if (event.getType() == BundleEvent.STARTED) {
            starting.remove(bundle.getBundleId());
        }
    }

    @Override
    public void serviceChanged(ServiceEvent event) {
        if (event.getType() == ServiceEvent.MODIFIED && !stopping) {
            touch(followed);
        }
    }

    private void tell(int type, Bundle bundle) {
        String label = Bundles.label(bundle);
        switch (type) {
            case BundleEvent.INSTALLED ->
                LOG.info("{}: installed from {}", label, Bundles.origin(bundle));
            case BundleEvent.STARTED -> LOG.info("{}: started", label);
            case BundleEvent.STOPPED -> LOG.info("{}: stopped", label);
            case BundleEvent.UPDATED -> LOG.info("{}: updated from {}", label,
                    versions.get(bundle.getBundleId()));
            case BundleEvent.UNINSTALLED -> LOG.info("{}: uninstalled", label);
            default -> {
                return;
            }
        }
        versions.put(bundle.getBundleId(), bundle.getVersion());
    }

    /** Whether this reporter logs failures of the bundle's components. */
    boolean follows(Bundle bundle) {
        return followed.contains(bundle.getBundleId());
    }

    private void touch(Set<Long> ids) {
        synchronized (touched) {
            if (touched.isEmpty() && !ids.isEmpty() && !later.isShutdown()) {
                later.schedule(this::lookAround, settle.toMillis(), TimeUnit.MILLISECONDS);
            }
            touched.addAll(ids);
        }
    }

    /** Checks the bundles that changed, and those with an earlier complaint. */
    private void lookAround() {
        Set<Long> due;
        synchronized (touched) {
            due = new TreeSet<>(touched);
            touched.clear();
        }
        due.addAll(complaints.keySet());
        for (long id : due) {
            try {
                bundles.byId(id).ifPresentOrElse(this::look, () -> forget(id));
            } catch (RuntimeException e) { // it went while we looked
                LOG.debug("bundle {} could not be looked at", id, e);
                bundles.byId(id).ifPresent(this::lookAgain);
            }
        }
    }

    private void forget(long id) {
        complaints.remove(id);
        underWay.remove(id);
    }

    /**
     * Schedules another check. Returns false if there were enough and the bundle is not being
     * started or stopped.
     */
    private boolean lookAgain(Bundle bundle) {
        boolean again = underWay.merge(bundle.getBundleId(), 1, Integer::sum) <= PATIENCE
                || bundles.isCalled(bundle);
        if (again) {
            touch(Set.of(bundle.getBundleId()));
        }
        return again;
    }

    private void look(Bundle bundle) {
        if (stopping) {
            return;
        }
        // Asked first, so that the diagnosis sees everything that is settled by then.
        boolean again = diagnosis.isUnderWay(bundle);
        Diagnosis.Finding finding = diagnosis.of(bundle).orElse(null);
        if (again && finding == null) {
            if (lookAgain(bundle)) {
                return;
            }
            finding = diagnosis.stuck(bundle).orElse(null);
        }
        underWay.remove(bundle.getBundleId());
        if (finding == null) {
            if (complaints.remove(bundle.getBundleId()) != null
                    && bundle.getState() == Bundle.ACTIVE) {
                LOG.info("{}: works now", Bundles.label(bundle));
            }
        } else if (!finding.text().equals(
                complaints.put(bundle.getBundleId(), finding.text()))) {
            LOG.atLevel(finding.broken() ? Level.ERROR : Level.WARN)
                    .log("{}: {}", Bundles.label(bundle), finding.text());
        }
    }
}
