// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/**
 * The bundles that the running command needs: it ends if one of them stops, even for a moment.
 * Buses and drivers are not among them. Any thread.
 */
final class Foundation {
    private static final Set<String> ROOTS =
            Set.of("io.hotbus.core", "io.hotbus.testpmd", "io.hotbus.deploy");
    private static final String RUNTIME = "org.apache.felix.";

    private Foundation() {
    }

    /** @throws DeployException it is one of them */
    static void requireNone(Bundle bundle, List<Bundle> all) throws DeployException {
        if (contains(bundle, all)) {
            throw new DeployException(Bundles.name(bundle)
                    + " is what the running command stands on: replace the product's own jar ("
                    + Bundles.origin(bundle) + ") while nothing runs");
        }
    }

    static boolean contains(Bundle bundle, List<Bundle> all) {
        Deque<Bundle> open = new ArrayDeque<>();
        for (Bundle root : all) {
            String name = Bundles.name(root);
            if (root.getBundleId() == Constants.SYSTEM_BUNDLE_ID || ROOTS.contains(name)
                    || name.startsWith(RUNTIME)) {
                open.add(root);
            }
        }
        Set<Bundle> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Bundle next = open.remove();
            BundleWiring wiring = next.adapt(BundleWiring.class);
            if (seen.add(next) && wiring != null) {
                for (BundleWire wire : wiring.getRequiredWires(null)) {
                    open.add(wire.getProvider().getBundle());
                }
            }
        }
        return seen.contains(bundle)
                || Fragments.hostsOf(bundle).stream().anyMatch(seen::contains);
    }
}
