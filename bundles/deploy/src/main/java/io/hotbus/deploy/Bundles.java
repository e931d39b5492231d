// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Installs, updates, starts and stops bundles. After each change it refreshes the bundles that
 * depend on the changed one, and tries again to start bundles that could not start. A bundle that
 * hangs delays others at most for a limit. Any thread; one operation at a time.
 */
final class Bundles {
    private static final Logger LOG = LoggerFactory.getLogger(Bundles.class);

    /** Opens the jar of a bundle. */
    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws DeployException;
    }

    private final BundleContext context;
    private final long lastOfTheProduct;
    private final Frames frames;
    private final Calls calls;
    private final Fragments fragments;
    private final Starter starter;
    private final Rewiring rewiring;
    private final ReentrantLock turn = new ReentrantLock();

    /** @param limit how long the start, or the stop, of a bundle may take until it hangs */
    Bundles(BundleContext context, Duration limit) {
        this.context = context;
        this.fragments = new Fragments(context);
        this.frames = new Frames(context);
        this.calls = new Calls(limit, frames);
        this.lastOfTheProduct = Arrays.stream(context.getBundles())
                .mapToLong(Bundle::getBundleId).max().orElseThrow();
        this.starter = new Starter(context, calls);
        this.rewiring = new Rewiring(context, limit, starter::stopForNow);
    }

    /** {@code org.acme.bus 1.0.0}. */
    static String label(Bundle bundle) {
        return name(bundle) + " " + bundle.getVersion();
    }

    static String labels(Collection<Bundle> bundles) {
        return bundles.stream().map(Bundles::label).sorted().collect(Collectors.joining(", "));
    }

    static String name(Bundle bundle) {
        return bundle.getSymbolicName() == null ? bundle.getLocation() : bundle.getSymbolicName();
    }

    /** Where the bundle was installed from: the path of a file, otherwise the URL. */
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

    /** The latest version of the bundles with this symbolic name. */
    Optional<Bundle> byName(String name) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> name.equals(bundle.getSymbolicName()))
                .max(Comparator.comparing(Bundle::getVersion));
    }

    /** Why the bundle did not start at the last attempt. */
    Optional<Throwable> failure(Bundle bundle) {
        return starter.failure(bundle);
    }

    /** In which call it hangs, and where, as the rest of a sentence. */
    Optional<String> hang(Bundle bundle) {
        return calls.hang(bundle);
    }

    /** How long the start, or the stop, of a bundle may take until it hangs. */
    Duration limit() {
        return calls.limit();
    }

    /** Whether the bundle is being started or stopped, and does not hang yet. */
    boolean isCalled(Bundle bundle) {
        return calls.isCalled(bundle);
    }

    /** The place where the thread is, with the name of the bundle if it is not {@code own}. */
    String where(String thread, Bundle own) {
        return frames.where(thread, own);
    }

    /** Whether the bundle was installed after this object was created. */
    boolean isDeployed(Bundle bundle) {
        return bundle.getBundleId() > lastOfTheProduct;
    }

    /** Interrupts all calls that hang. */
    void interruptAll() {
        calls.interruptAll();
    }

    /** Stops the bundle until the framework starts it again. Returns false if the stop hangs. */
    boolean stopForNow(Bundle bundle) {
        return starter.stopForNow(bundle);
    }

    /** Adds a listener for bundles that hang, and for those that have returned. */
    void listen(Calls.Listener listener) {
        calls.listen(listener);
    }

    /**
     * Installs and starts a bundle. A bundle that does not start stays installed and is tried
     * again.
     */
    Bundle install(String location, Source source) throws DeployException {
        return inTurn(() -> {
            AtomicReference<Bundle> installed = new AtomicReference<>();
            call("installed", context.getBundle(), "the installation of " + location, () -> {
                try (InputStream in = source.open()) {
                    installed.set(context.installBundle(location, in));
                }
            });
            Bundle bundle = installed.get();
            starter.start(bundle);
            startWaiting();
            return bundle;
        });
    }

    /**
     * Updates the bundle with another jar, and starts it again if it ran. If the update fails, the
     * bundle is as before.
     */
    void update(Bundle bundle, Source source) throws DeployException {
        inTurn(() -> {
            calls.free(bundle);
            boolean run = wantsToRun(bundle);
            Set<Bundle> hosts = Fragments.hostsOf(bundle);
            starter.stop(bundle, Bundle.STOP_TRANSIENT);
            try {
                call("updated", bundle, "its update", () -> {
                    try (InputStream in = source.open()) {
                        bundle.update(in);
                    }
                });
            } finally {
                changed(bundle, hosts);
                if (run) {
                    starter.start(bundle);
                }
                startWaiting();
            }
            return bundle;
        });
    }

    /** Returns the jar that the bundle was installed from. */
    static Source source(Bundle bundle) {
        return () -> new URL(bundle.getLocation()).openStream();
    }

    void uninstall(Bundle bundle) throws DeployException {
        inTurn(() -> {
            calls.free(bundle);
            Set<Bundle> hosts = Fragments.hostsOf(bundle);
            starter.stop(bundle, Bundle.STOP_TRANSIENT);
            try {
                call("uninstalled", bundle, "its removal", bundle::uninstall);
            } finally {
                changed(bundle, hosts);
                startWaiting();
            }
            return bundle;
        });
    }

    /** Starts the bundle now and whenever the framework starts. Keeps the reason of a failure. */
    void start(Bundle bundle) throws DeployException {
        inTurn(() -> {
            Optional<String> hang = calls.hang(bundle);
            if (hang.isPresent()) { // a slow start is not to be interrupted by another
                throw new HangException(hang.get());
            }
            starter.start(bundle);
            return bundle;
        });
    }

    /** Stops the bundle until it is started again. */
    void stop(Bundle bundle) throws DeployException {
        inTurn(() -> {
            calls.free(bundle);
            starter.stop(bundle, 0);
            return bundle;
        });
    }

    /** Does the work that had to wait until a call returned. */
    void catchUp() throws DeployException {
        inTurn(() -> {
            rewiring.refresh(Set.of());
            startWaiting();
            return null;
        });
    }

    /** Runs {@code work}, one thread at a time. Fails if another thread takes too long. */
    private <T> T inTurn(Work<T> work) throws DeployException {
        try {
            if (!turn.tryLock(2 * calls.limit().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new DeployException(
                        "other bundles are being started or stopped at the moment; try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeployException("was interrupted", e);
        }
        try {
            return work.run();
        } finally {
            turn.unlock();
        }
    }

    private void call(String done, Bundle bundle, String doing, Calls.Call call)
            throws DeployException {
        try {
            calls.run(bundle, doing, call);
        } catch (IOException | BundleException e) {
            throw new DeployException("cannot be " + done + ": " + Causes.sentence(e), e);
        }
    }

    /** Follows up an update or a removal. {@code hosts}: the bundles that it was attached to. */
    private void changed(Bundle bundle, Set<Bundle> hosts) {
        starter.forgetFailure(bundle);
        fragments.changed(bundle);
        rewiring.refresh(Stream.concat(hosts.stream(), Stream.of(bundle)).toList());
    }

    /** Starts the bundles that wait. Restarts hosts whose fragments wait. */
    private void startWaiting() {
        Set<Bundle> hosts = fragments.hostsToRestart(host -> hang(host).isPresent());
        if (!hosts.isEmpty()) {
            LOG.info("{}: restarted for a fragment", labels(hosts));
            rewiring.refresh(hosts);
        }
        starter.startWaiting();
    }
}
