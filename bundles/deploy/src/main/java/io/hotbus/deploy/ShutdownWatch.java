// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process even if a bundle hangs. When the shutdown begins, it interrupts calls that hang.
 * After a part of the limit, it names the bundles that hang and, if these were deployed, stops the
 * others in order. Then, or when the limit is over, it halts the process with its exit code.
 */
final class ShutdownWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShutdownWatch.class);
    /** The part of the limit after which a bundle that has not stopped hangs. */
    private static final double PATIENCE = 0.4;
    /** The framework's threads that stop bundles and deliver events. */
    private static final String STOPPER = "FelixStartLevel";
    private static final String DISPATCHER = "FelixDispatchQueue";

    private final Bundle system;
    private final BundleContext context;
    private final Bundles bundles;
    private final Duration limit;
    private final IntConsumer halt;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final SynchronousBundleListener listener = this::onBundleEvent;
    private final Thread hook = new Thread(this::begin, "shutdown-watch-hook");

    ShutdownWatch(BundleContext context, Bundles bundles, Duration limit, IntConsumer halt) {
        this.system = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
        this.context = system.getBundleContext(); // this bundle's context ends with the bundle
        this.bundles = bundles;
        this.limit = limit;
        this.halt = halt;
        this.context.addBundleListener(listener);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Ends the watch, unless the shutdown has begun. */
    @Override
    public void close() {
        if (!begun.get()) {
            context.removeBundleListener(listener);
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private void onBundleEvent(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPING && event.getBundle().equals(system)) {
            begin();
        }
    }

    private void begin() {
        if (begun.compareAndSet(false, true)) {
            Thread thread = new Thread(this::watch, "shutdown-watch");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void watch() {
        long end = System.nanoTime() + limit.toNanos();
        try {
            bundles.interruptAll();
            Thread.sleep((long) (limit.toMillis() * PATIENCE));
            // On another thread: another of the stopped bundles may hang, too.
            Thread others = new Thread(this::stopOthers, "shutdown");
            others.setDaemon(true);
            others.start();
            others.join(Math.max(1, Duration.ofNanos(end - System.nanoTime()).toMillis()));
            halt(ExitCode.ofThisProcess());
        } catch (InterruptedException e) {
            LOG.debug("the shutdown is watched no longer", e);
        }
    }

    private void halt(int code) {
        if ((system.getState() & (Bundle.INSTALLED | Bundle.RESOLVED)) != 0) {
            return; // the framework has ended after all
        }
        List<Bundle> hanging = hanging();
        LOG.error("the process ends now, with exit code {}, though {}", code, hanging.isEmpty()
                ? "the framework has not ended"
                : "these have not stopped: " + Bundles.labels(hanging));
        halt.accept(code);
    }

    private void stopOthers() {
        List<Bundle> hanging = hanging();
        for (Bundle bundle : hanging) {
            LOG.error("{}: {}", Bundles.label(bundle), bundles.hang(bundle).orElseGet(() ->
                    "hangs in its stop" + bundles.where(STOPPER, bundle)));
        }
        List<Bundle> others = Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getState() == Bundle.ACTIVE
                        && !bundle.equals(system) && !hanging.contains(bundle))
                .sorted(Comparator.comparing(ShutdownWatch::level)
                        .thenComparing(Bundle::getBundleId).reversed()).toList();
        if (hanging.isEmpty() && others.isEmpty()) {
            LOG.error("the framework does not end: the thread {} hangs{}", DISPATCHER,
                    bundles.where(DISPATCHER, system));
        } else if (!hanging.isEmpty() && hanging.stream().allMatch(bundles::isDeployed)) {
            others.forEach(bundles::stopForNow);
        } else {
            awaitTheLimit();
        }
    }

    /** Waits for the limit, because a bundle of the product that hangs may need the others. */
    private void awaitTheLimit() {
        try {
            Thread.sleep(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Bundle> hanging() {
        return Arrays.stream(context.getBundles()).filter(bundle -> !bundle.equals(system)
                && (bundles.hang(bundle).isPresent() || (bundle.getState()
                        & (Bundle.STARTING | Bundle.STOPPING)) != 0)).toList();
    }

    private static int level(Bundle bundle) {
        return bundle.adapt(BundleStartLevel.class).getStartLevel();
    }
}
