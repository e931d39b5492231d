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
 * What can be done with bundles, done as far as it goes: what depended on a bundle that changed is
 * refreshed, and what is to run and could not is tried again. A bundle that hangs keeps no other
 * waiting for longer than a limit. Any thread; one at a time.
 */
final class Bundles {
    private static final Logger LOG = LoggerFactory.getLogger(Bundles.class);

    /** Opens the jar that a bundle is made of from now on. */
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

    /** Whether it is being started or stopped, and does not hang yet. */
    boolean isCalled(Bundle bundle) {
        return calls.isCalled(bundle);
    }

    /** Where that thread is, with the name of the bundle if it is another than {@code own}. */
    String where(String thread, Bundle own) {
        return frames.where(thread, own);
    }

    /** Whether it was not there when this began. */
    boolean isDeployed(Bundle bundle) {
        return bundle.getBundleId() > lastOfTheProduct;
    }

    /** Interrupts all calls that hang. */
    void interruptAll() {
        calls.interruptAll();
    }

    /** Stops it until the framework starts it again; false where it does not return from that. */
    boolean stopForNow(Bundle bundle) {
        return starter.stopForNow(bundle);
    }

    /** {@code listener} is told of bundles that hang, and of these when they have returned. */
    void listen(Calls.Listener listener) {
        calls.listen(listener);
    }

    /** Installs and starts. A bundle that does not start stays, to be tried again. */
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
     * Puts another jar in its place, and starts it again if it ran. If that fails it is as before.
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

    /** Opens the jar that it was installed from. */
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

    /** Starts it now and whenever the framework starts. Why it did not is kept. */
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

    /** Stops it until it is started again. */
    void stop(Bundle bundle) throws DeployException {
        inTurn(() -> {
            calls.free(bundle);
            starter.stop(bundle, 0);
            return bundle;
        });
    }

    /** Makes up for what had to wait until a call returned. */
    void catchUp() throws DeployException {
        inTurn(() -> {
            rewiring.refresh(Set.of());
            startWaiting();
            return null;
        });
    }

    /** One thread at a time; others are told after a while that they have to wait. */
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

    /** After an update or the removal: {@code hosts} are those it was attached to. */
    private void changed(Bundle bundle, Set<Bundle> hosts) {
        starter.forgetFailure(bundle);
        fragments.changed(bundle);
        rewiring.refresh(Stream.concat(hosts.stream(), Stream.of(bundle)).toList());
    }

    /** Starts what waits, fragments' hosts among them, which have to stop for that. */
    private void startWaiting() {
        Set<Bundle> hosts = fragments.hostsToRestart(host -> hang(host).isPresent());
        if (!hosts.isEmpty()) {
            LOG.info("{}: restarted for a fragment", labels(hosts));
            rewiring.refresh(hosts);
        }
        starter.startWaiting();
    }
}
