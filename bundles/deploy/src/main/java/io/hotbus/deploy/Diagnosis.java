// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/** Finds out why a bundle does not work. Any thread. */
final class Diagnosis {
    /** The header that names the XML of Declarative Services. */
    private static final String SERVICE_COMPONENT = "Service-Component";

    /**
     * The result of a diagnosis.
     *
     * @param broken whether an operator has to act; otherwise it may come right by itself
     * @param text   one sentence, without the bundle's name
     */
    record Finding(boolean broken, String text) {
    }

    private final Bundles bundles;
    private final Requirements requirements;
    private final Components components;
    private final Fragments fragments;
    private final Frames frames;

    Diagnosis(BundleContext context, Bundles bundles) {
        this.bundles = bundles;
        this.requirements = new Requirements(context);
        this.components = new Components(context);
        this.fragments = new Fragments(context);
        this.frames = new Frames(context);
    }

    List<String> components(Bundle bundle) {
        return components.names(bundle);
    }

    /** Diagnoses the bundle. Empty if nothing is wrong, or an operator has stopped it. */
    Optional<Finding> of(Bundle bundle) {
        Optional<String> hang = bundles.hang(bundle);
        if (hang.isPresent()) {
            return Optional.of(new Finding(true, hang.get()));
        }
        return switch (bundle.getState()) {
            case Bundle.INSTALLED -> unresolved(bundle);
            case Bundle.RESOLVED -> bundles.failure(bundle).filter(f -> Bundles.wantsToRun(bundle))
                    .map(failure -> new Finding(true,
                            "does not start: " + Causes.sentence(failure)));
            case Bundle.ACTIVE -> running(bundle);
            default -> Optional.empty();
        };
    }

    /**
     * Whether the bundle is still starting: no fault was found so far, but one may appear without
     * an event.
     */
    boolean isUnderWay(Bundle bundle) {
        return switch (bundle.getState()) {
            case Bundle.INSTALLED, Bundle.RESOLVED -> Bundles.wantsToRun(bundle);
            case Bundle.STARTING, Bundle.STOPPING -> true;
            case Bundle.ACTIVE -> bundle.getHeaders().get(SERVICE_COMPONENT) != null
                    && components.areUnderWay(bundle);
            default -> false;
        };
    }

    /** For a bundle that has been starting for long: the thread inside it, and its place. */
    Optional<Finding> stuck(Bundle bundle) {
        return frames.inside(bundle).map(where -> new Finding(true, "hangs " + where));
    }

    private Optional<Finding> unresolved(Bundle bundle) {
        List<String> missing = requirements.missing(bundle);
        if (!missing.isEmpty()) {
            return Optional.of(new Finding(true, "does not resolve: "
                    + String.join("; ", missing)));
        }
        if (Fragments.isFragment(bundle)) {
            return Optional.of(fragments.finding(bundle, host -> bundles.hang(host).isPresent()));
        }
        return bundles.failure(bundle).map(failure ->
                new Finding(true, "does not resolve: " + Causes.sentence(failure)));
    }

    private Optional<Finding> running(Bundle bundle) {
        List<String> failed = components.failed(bundle);
        if (!failed.isEmpty()) {
            return Optional.of(new Finding(true, String.join("; ", failed)));
        }
        List<String> waiting = new ArrayList<>(components.waiting(bundle));
        if (!waiting.isEmpty()) {
            return Optional.of(new Finding(false, String.join("; ", waiting)));
        }
        boolean has = bundle.getHeaders().get(SERVICE_COMPONENT) != null;
        boolean library = bundle.getHeaders().get(Constants.BUNDLE_ACTIVATOR) != null
                || bundle.getHeaders().get(Constants.EXPORT_PACKAGE) != null;
        if (!has && !library) {
            return Optional.of(new Finding(false, "runs nothing: it has neither a component"
                    + " (@Component, and bnd's Service-Component in its manifest)"
                    + " nor an activator"));
        }
        return Optional.empty();
    }
}
