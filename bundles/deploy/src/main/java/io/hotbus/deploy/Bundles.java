// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be done with bundles, done as far as it goes: whoever depended on what changed is
 * refreshed, and whoever wanted to run and could not is tried again. One thread at a time.
 */
final class Bundles {
    private static final Logger LOG = LoggerFactory.getLogger(Bundles.class);
    private static final long REFRESH_SECONDS = 60;

    /** Opens the jar that a bundle is made of from now on. */
    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }

    private final BundleContext context;
    /** By the bundle's id: why it did not start when it was last told to. */
    private final Map<Long, Throwable> failures = new ConcurrentHashMap<>();

    Bundles(BundleContext context) {
        this.context = context;
    }

    static boolean isFragment(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        return revision != null && (revision.getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
    }

    /** {@code org.acme.bus 1.0.0}. */
    static String label(Bundle bundle) {
        return name(bundle) + " " + bundle.getVersion();
    }

    static String name(Bundle bundle) {
        return bundle.getSymbolicName() == null ? bundle.getLocation() : bundle.getSymbolicName();
    }

    /** Where it was installed from: the path of a file, or else the URL. */
    static String origin(Bundle bundle) {
        return bundle.getLocation().replaceFirst("^file:/+", "/");
    }

    static boolean wantsToRun(Bundle bundle) {
        BundleStartLevel level = bundle.adapt(BundleStartLevel.class);
        return level != null && level.isPersistentlyStarted();
    }

    List<Bundle> all() {
        return List.of(context.getBundles());
    }

    Optional<Bundle> byId(long id) {
        return Optional.ofNullable(context.getBundle(id));
    }

    /** The latest of those with this symbolic name. */
    Optional<Bundle> byName(String name) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> name.equals(bundle.getSymbolicName()))
                .max(Comparator.comparing(Bundle::getVersion));
    }

    /** Why it did not start when it was last told to. */
    Optional<Throwable> failure(Bundle bundle) {
        return Optional.ofNullable(failures.get(bundle.getBundleId()));
    }

    /** Installs and starts. A bundle that does not start stays, to be tried again. */
    Bundle install(String location, Source source) throws DeployException {
        Bundle bundle;
        try (InputStream in = source.open()) {
            bundle = context.installBundle(location, in);
        } catch (IOException | BundleException e) {
            throw new DeployException("cannot be installed: " + Causes.sentence(e), e);
        }
        start(bundle);
        startWaiting();
        return bundle;
    }

    /**
     * Puts another jar in its place, and has it run again if it did. If that fails it is as before.
     */
    void update(Bundle bundle, Source source) throws DeployException {
        boolean run = wantsToRun(bundle);
        try (InputStream in = source.open()) {
            stop(bundle, Bundle.STOP_TRANSIENT);
            bundle.update(in);
        } catch (IOException | BundleException e) {
            throw new DeployException("cannot be updated: " + Causes.sentence(e), e);
        } finally {
            failures.remove(bundle.getBundleId());
            refresh(List.of(bundle));
            if (run) {
                start(bundle);
            }
            startWaiting();
        }
    }

    /** Opens the jar that it was installed from. */
    static Source source(Bundle bundle) {
        return () -> new URL(bundle.getLocation()).openStream();
    }

    void uninstall(Bundle bundle) throws DeployException {
        try {
            bundle.uninstall();
        } catch (BundleException e) {
            throw new DeployException("cannot be uninstalled: " + Causes.sentence(e), e);
        } finally {
            failures.remove(bundle.getBundleId());
            refresh(List.of(bundle));
            startWaiting();
        }
    }

    /** Starts it now and whenever the framework starts. Why it did not is kept. */
    void start(Bundle bundle) {
        if (!isFragment(bundle)) {
            start(bundle, Bundle.START_ACTIVATION_POLICY);
        }
    }

    private boolean start(Bundle bundle, int options) {
        try {
            bundle.start(options);
            failures.remove(bundle.getBundleId());
            return true;
        } catch (BundleException | RuntimeException e) {
            failures.put(bundle.getBundleId(), e);
            return false;
        }
    }

    /** Stops it until it is started again. */
    void stop(Bundle bundle) {
        stop(bundle, 0);
    }

    private static void stop(Bundle bundle, int options) {
        try {
            if (!isFragment(bundle)) {
                bundle.stop(options);
            }
        } catch (BundleException e) { // it has stopped all the same
            LOG.warn("{}: failed while it stopped: {}", label(bundle), Causes.sentence(e));
        }
    }

    /** Starts whoever wanted to run and could not, until nothing more comes of it. */
    private void startWaiting() {
        int level = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                .adapt(FrameworkStartLevel.class).getStartLevel();
        boolean progress = true;
        while (progress) {
            progress = false;
            for (Bundle bundle : context.getBundles()) {
                if ((bundle.getState() & (Bundle.INSTALLED | Bundle.RESOLVED)) != 0
                        && wantsToRun(bundle) && !isFragment(bundle)
                        && bundle.adapt(BundleStartLevel.class).getStartLevel() <= level) {
                    progress |= start(bundle, options(bundle));
                }
            }
        }
    }

    private static int options(Bundle bundle) {
        return Bundle.START_TRANSIENT
                | (bundle.adapt(BundleStartLevel.class).isActivationPolicyUsed()
                        ? Bundle.START_ACTIVATION_POLICY : 0);
    }

    /** Has whoever was wired to what they were before find them, or something else, anew. */
    private void refresh(Collection<Bundle> bundles) {
        CountDownLatch done = new CountDownLatch(1);
        context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class)
                .refreshBundles(bundles, event -> {
                    if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                        done.countDown();
                    }
                });
        try {
            if (!done.await(REFRESH_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("bundles that depend on {} have not started again within {} s",
                        bundles, REFRESH_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
