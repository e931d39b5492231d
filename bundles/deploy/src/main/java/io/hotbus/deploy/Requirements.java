// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.ExecutionEnvironmentNamespace;
import org.osgi.framework.namespace.HostNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.resource.Namespace;

/** Finds what a bundle lacks to resolve, and which bundles might provide it. Any thread. */
final class Requirements {
    private static final Pattern PACKAGE = Pattern.compile("\\(osgi\\.wiring\\.package=([^)]*)\\)");
    private static final Pattern FROM = Pattern.compile("\\(version>=([^)]*)\\)");
    private static final Pattern BELOW = Pattern.compile("\\(!\\(version>=([^)]*)\\)\\)");
    private static final Pattern JAVA = Pattern.compile("\\(version=(?:1\\.)?([0-9]+)[^)]*\\)");

    private final BundleContext context;

    Requirements(BundleContext context) {
        this.context = context;
    }

    /** A clause for each missing requirement; empty if the bundle's own requirements can be met. */
    List<String> missing(Bundle bundle) {
        return List.copyOf(missing(bundle, new HashSet<>()));
    }

    private Set<String> missing(Bundle bundle, Set<Bundle> seen) {
        Set<String> missing = new TreeSet<>();
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        if (revision == null || !seen.add(bundle)) {
            return missing;
        }
        FrameworkWiring wiring = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                .adapt(FrameworkWiring.class);
        for (BundleRequirement requirement : revision.getDeclaredRequirements(null)) {
            if (!isMandatory(requirement) || isHost(requirement)) {
                continue;
            }
            Collection<BundleCapability> providers = wiring.findProviders(requirement);
            if (providers.isEmpty()) {
                missing.add(describe(requirement));
            } else if (providers.stream().allMatch(Requirements::isUnresolved)) {
                Bundle provider = providers.iterator().next().getRevision().getBundle();
                for (String further : missing(provider, seen)) {
                    missing.add("%s, which it needs, does not resolve: %s"
                            .formatted(Bundles.label(provider), further));
                }
            }
        }
        return missing;
    }

    /**
     * Whether it is the host of a fragment. See {@link Fragments}: the framework reports nothing
     * about a host that is resolved.
     */
    private static boolean isHost(BundleRequirement requirement) {
        return requirement.getNamespace().equals(HostNamespace.HOST_NAMESPACE);
    }

    private static boolean isMandatory(BundleRequirement requirement) {
        Map<String, String> directives = requirement.getDirectives();
        String effective = directives.getOrDefault(
                Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE, Namespace.EFFECTIVE_RESOLVE);
        String resolution = directives.getOrDefault(
                Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE, Namespace.RESOLUTION_MANDATORY);
        return effective.equals(Namespace.EFFECTIVE_RESOLVE)
                && resolution.equals(Namespace.RESOLUTION_MANDATORY);
    }

    private static boolean isUnresolved(BundleCapability provider) {
        return provider.getRevision().getBundle().getState() == Bundle.INSTALLED;
    }

    private String describe(BundleRequirement requirement) {
        String filter = requirement.getDirectives()
                .getOrDefault(Namespace.REQUIREMENT_FILTER_DIRECTIVE, "");
        return switch (requirement.getNamespace()) {
            case PackageNamespace.PACKAGE_NAMESPACE -> describePackage(filter);
            case ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE ->
                Causes.needsJava(group(JAVA, filter, filter));
            default ->
                "requires %s %s, which no bundle provides: put one that does into deploy/, too"
                        .formatted(requirement.getNamespace(), filter);
        };
    }

    private String describePackage(String filter) {
        String name = group(PACKAGE, filter, filter);
        String from = group(FROM, filter, "");
        String below = group(BELOW, filter, "");
        String range = from.isEmpty() ? "" : below.isEmpty() ? " " + from + " or later"
                : " [%s,%s)".formatted(from, below);
        List<String> others = exporters(name);
        return others.isEmpty()
                ? "imports %s%s, which no bundle exports: put the one that does into deploy/, too"
                        .formatted(name, range)
                : "imports %s%s, but %s: build it against that version, or update the exporter"
                        .formatted(name, range, String.join(", ", others));
    }

    private List<String> exporters(String name) {
        List<String> exporters = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            BundleRevision revision = bundle.adapt(BundleRevision.class);
            if (revision != null) {
                for (BundleCapability export : revision.getDeclaredCapabilities(
                        PackageNamespace.PACKAGE_NAMESPACE)) {
                    if (name.equals(export.getAttributes()
                            .get(PackageNamespace.PACKAGE_NAMESPACE))) {
                        exporters.add("%s exports %s".formatted(Bundles.label(bundle), export
                                .getAttributes().get(Constants.VERSION_ATTRIBUTE)));
                    }
                }
            }
        }
        return exporters;
    }

    private static String group(Pattern pattern, String text, String otherwise) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : otherwise;
    }
}
