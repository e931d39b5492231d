// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.HostNamespace;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWiring;

/** Finds the hosts of fragments. A host accepts fragments only when it resolves. */
final class Fragments {
    private final BundleContext context;
    private final Requirements requirements;
    /** The ids of fragments whose hosts were restarted. */
    private final Set<Long> tried = ConcurrentHashMap.newKeySet();

    Fragments(BundleContext context) {
        this.context = context;
        this.requirements = new Requirements(context);
    }

    static boolean isFragment(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        return revision != null && (revision.getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
    }

    /** The bundles that the fragment is attached to. */
    static Set<Bundle> hostsOf(Bundle fragment) {
        BundleWiring wiring = fragment.adapt(BundleWiring.class);
        return wiring == null ? Set.of()
                : wiring.getRequiredWires(HostNamespace.HOST_NAMESPACE).stream()
                        .map(wire -> wire.getProvider().getBundle()).collect(Collectors.toSet());
    }

    /**
     * The hosts to restart so that fragments can attach to them, each once for a fragment; without
     * those that the running command needs.
     */
    Set<Bundle> hostsToRestart(Predicate<Bundle> hangs) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getState() == Bundle.INSTALLED && isFragment(bundle))
                .filter(fragment -> requirements.missing(fragment).isEmpty())
                .map(fragment -> resolvedHosts(fragment).stream()
                        .noneMatch(host -> hangs.test(host) || isFoundation(host))
                        && tried.add(fragment.getBundleId()) ? resolvedHosts(fragment)
                        : List.<Bundle>of())
                .flatMap(List::stream).collect(Collectors.toSet());
    }

    /** Notes that the fragment has changed: its hosts may be restarted again. */
    void changed(Bundle fragment) {
        tried.remove(fragment.getBundleId());
    }

    /**
     * Why the fragment is not attached, as the rest of a sentence, and whether this may resolve by
     * itself.
     */
    Diagnosis.Finding finding(Bundle fragment, Predicate<Bundle> hangs) {
        String header = fragment.getHeaders().get(Constants.FRAGMENT_HOST);
        List<Bundle> hosts = hosts(fragment);
        List<Bundle> others = Arrays.stream(context.getBundles()).filter(bundle -> Bundles
                .name(bundle).equals(header.replaceFirst(";.*", "").strip())).toList();
        if (hosts.isEmpty()) {
            return new Diagnosis.Finding(true, "is a fragment of " + header
                    + (others.isEmpty() ? ", which is not there: put that into deploy/, too"
                            : others.stream().anyMatch(Fragments::forbidsFragments)
                                    ? ", whose manifest forbids fragments"
                                    : ", but there is " + Bundles.labels(others)));
        }
        String what = "is a fragment of " + Bundles.labels(hosts) + ", ";
        if (hosts.stream().anyMatch(this::isFoundation)) {
            return new Diagnosis.Finding(true, what + "which the running command stands on and"
                    + " which cannot be restarted: put both into one jar in the product while"
                    + " nothing runs");
        }
        if (resolvedHosts(fragment).isEmpty()) {
            return new Diagnosis.Finding(false, what + "which does not resolve"
                    + " (bundle why " + Bundles.name(hosts.get(0)) + ")");
        }
        if (hosts.stream().anyMatch(hangs)) {
            return new Diagnosis.Finding(false,
                    what + "which hangs: it is attached when that has returned");
        }
        return new Diagnosis.Finding(true, what + "which was restarted and does not take it:"
                + " what the two import or require conflicts");
    }

    private static boolean forbidsFragments(Bundle bundle) {
        return bundle.getHeaders().get(Constants.BUNDLE_SYMBOLICNAME)
                .contains(Constants.FRAGMENT_ATTACHMENT_NEVER);
    }

    private List<Bundle> resolvedHosts(Bundle fragment) {
        return hosts(fragment).stream()
                .filter(host -> host.getState() != Bundle.INSTALLED).toList();
    }

    private List<Bundle> hosts(Bundle fragment) {
        List<BundleRequirement> wanted = fragment.adapt(BundleRevision.class)
                .getDeclaredRequirements(HostNamespace.HOST_NAMESPACE);
        return Arrays.stream(context.getBundles())
                .filter(host -> Stream.ofNullable(host.adapt(BundleRevision.class))
                        .flatMap(revision -> revision.getDeclaredCapabilities(
                                HostNamespace.HOST_NAMESPACE).stream())
                        .anyMatch(capability -> wanted.stream()
                                .anyMatch(requirement -> requirement.matches(capability))))
                .toList();
    }

    private boolean isFoundation(Bundle host) {
        return Foundation.contains(host, List.of(context.getBundles()));
    }
}
