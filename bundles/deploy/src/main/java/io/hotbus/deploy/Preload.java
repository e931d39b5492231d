// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.wiring.BundleWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads and links the classes of bundles that start later than this one, as a driver that was
 * replaced. By itself the JVM does that when a class is first used: with those for a removal, in
 * the removal, whose cleanup waits for it. On the thread of {@code later}.
 */
final class Preload implements BundleListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Preload.class);
    /** Bundles with more classes are no drivers and no buses, and are left alone. */
    static final int MOST_CLASSES = 1000;
    /** Framework property: whether to do the same for all bundles, before the command begins. */
    static final String ALL = "hotbus.preload";
    private static final String SUFFIX = ".class";

    private final BundleContext context;
    private final ScheduledExecutorService later;
    private final Duration delay;

    /** @param delay how long after the start of a bundle, so that the start itself comes first */
    Preload(BundleContext context, ScheduledExecutorService later, Duration delay) {
        this.context = context;
        this.later = later;
        this.delay = delay;
        context.addBundleListener(this);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        if (event.getType() != BundleEvent.STARTED
                || bundle.getBundleId() == context.getBundle().getBundleId()) {
            return;
        }
        try {
            later.schedule(() -> load(bundle), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: its classes are loaded when they are used: this bundle stops", bundle);
        }
    }

    /** The bundles that are there. Returns when their classes are linked. */
    void loadAll() {
        for (Bundle bundle : context.getBundles()) {
            load(bundle);
        }
    }

    private static void load(Bundle bundle) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        if (wiring == null || bundle.getState() != Bundle.ACTIVE) {
            return;
        }
        Collection<String> files = wiring.listResources("/", "*" + SUFFIX,
                BundleWiring.LISTRESOURCES_RECURSE | BundleWiring.LISTRESOURCES_LOCAL);
        ClassLoader loader = wiring.getClassLoader();
        if (files == null || loader == null || files.size() > MOST_CLASSES) {
            return; // of the first two: updated again meanwhile
        }
        int linked = 0;
        for (String file : List.copyOf(files)) {
            if (link(loader, file)) {
                linked++;
            }
        }
        LOG.debug("{}: {} of {} classes are linked", Bundles.label(bundle), linked, files.size());
    }

    /** Returns false for a class that cannot be linked, as one of an optional dependency. */
    private static boolean link(ClassLoader loader, String file) {
        String name = file.substring(0, file.length() - SUFFIX.length()).replace('/', '.');
        try {
            // HotSpot links a class before it tells its members.
            Class.forName(name, false, loader).getDeclaredConstructors();
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.debug("{}: is not linked now: {}", name, e.toString());
            return false;
        }
    }

    @Override
    public void close() {
        context.removeBundleListener(this);
    }
}
