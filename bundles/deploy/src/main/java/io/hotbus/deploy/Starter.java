// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts and stops bundles, and remembers why one did not start. Any thread. */
final class Starter {
    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);

    private final BundleContext context;
    private final Calls calls;
    /** Why a bundle did not start at the last attempt, by its id. */
    private final Map<Long, Throwable> failures = new ConcurrentHashMap<>();

    Starter(BundleContext context, Calls calls) {
        this.context = context;
        this.calls = calls;
    }

    Optional<Throwable> failure(Bundle bundle) {
        return Optional.ofNullable(failures.get(bundle.getBundleId()));
    }

    void forgetFailure(Bundle bundle) {
        failures.remove(bundle.getBundleId());
    }

    /** Starts the bundle now and whenever the framework starts. Keeps the reason of a failure. */
    void start(Bundle bundle) {
        if (!Fragments.isFragment(bundle)) {
            start(bundle, Bundle.START_ACTIVATION_POLICY);
        }
    }

    private boolean start(Bundle bundle, int options) {
        try {
            calls.run(bundle, "its start", () -> {
                try {
                    bundle.start(options);
                    forgetFailure(bundle);
                } catch (BundleException | RuntimeException e) {
                    failures.put(bundle.getBundleId(), e);
                    throw e;
                }
            });
            return true;
        } catch (HangException | IOException | BundleException | RuntimeException e) {
            LOG.debug("{} has not started", Bundles.label(bundle), e); // the Reporter logs it
            return false;
        }
    }

    /**
     * Stops the bundle.
     *
     * @param options those of {@link Bundle#stop(int)}
     * @throws HangException the stop hangs
     */
    void stop(Bundle bundle, int options) throws HangException {
        try {
            if (!Fragments.isFragment(bundle)) {
                calls.run(bundle, "its stop", () -> bundle.stop(options));
            }
        } catch (IOException | BundleException e) { // it has stopped all the same
            LOG.warn("{}: failed while it stopped: {}",
                    Bundles.label(bundle), Causes.sentence(e));
        }
    }

    /** Stops the bundle until {@link #startWaiting}. Returns false if the stop hangs. */
    boolean stopForNow(Bundle bundle) {
        try {
            stop(bundle, Bundle.STOP_TRANSIENT);
            return true;
        } catch (HangException e) {
            return false;
        }
    }

    /** Starts each bundle that should run and does not, as long as this makes progress. */
    void startWaiting() {
        boolean progress = true;
        while (progress) {
            progress = false;
            for (Bundle bundle : context.getBundles()) {
                if ((bundle.getState() & (Bundle.INSTALLED | Bundle.RESOLVED)) != 0
                        && Bundles.wantsToRun(bundle) && !Fragments.isFragment(bundle)
                        && calls.hang(bundle).isEmpty() && isLevelReached(bundle)) {
                    progress |= start(bundle, options(bundle));
                }
            }
        }
    }

    /**
     * Whether the start level of the bundle is reached. While the framework starts, it starts the
     * bundles of its present level itself, so that level does not count yet.
     */
    private boolean isLevelReached(Bundle bundle) {
        Bundle system = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
        int level = system.adapt(FrameworkStartLevel.class).getStartLevel();
        return bundle.adapt(BundleStartLevel.class).getStartLevel()
                <= (system.getState() == Bundle.ACTIVE ? level : level - 1);
    }

    private static int options(Bundle bundle) {
        return Bundle.START_TRANSIENT
                | (bundle.adapt(BundleStartLevel.class).isActivationPolicyUsed()
                        ? Bundle.START_ACTIVATION_POLICY : 0);
    }
}
