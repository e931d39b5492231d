// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the bundles in step with the files. For each symbolic name there is one bundle, from the
 * file with the highest version. If a bundle of that name was there before, for example one of the
 * product, it is updated from the file, and from its own jar again when no file is left.
 *
 * <p>An invalid file changes nothing: its former bundle keeps running. A file whose bundle hangs
 * changes nothing until the bundle returns. Any thread.
 */
final class Deployments {
    private static final Logger LOG = LoggerFactory.getLogger(Deployments.class);

    /**
     * A bundle that was installed or updated from a file.
     *
     * @param ownVersion its version without the file; empty if it exists only because of the file
     */
    private record Deployed(long id, BundleJar jar, Optional<String> ownVersion) {
    }

    private final Bundles bundles;
    private final Map<Path, BundleJar> files = new TreeMap<>();
    /** By symbolic name. */
    private final Map<String, Deployed> deployed = new ConcurrentHashMap<>();

    Deployments(Bundles bundles) {
        this.bundles = bundles;
        bundles.listen((bundle, hangs) -> {
            if (!hangs) {
                catchUp();
            }
        });
    }

    /** The file that a bundle was deployed from, if any. */
    Optional<Path> file(Bundle bundle) {
        return deployed.values().stream().filter(d -> d.id() == bundle.getBundleId())
                .map(d -> d.jar().file()).findFirst();
    }

    /** Handles a file that is new or changed. */
    synchronized void changed(Path file) {
        BundleJar before = files.get(file);
        BundleJar jar;
        try {
            jar = BundleJar.read(file);
        } catch (DeployException e) {
            LOG.error("{}: {}{}", file, e.getMessage(),
                    before == null ? "" : " (" + before.label() + " of before goes on)");
            return;
        }
        files.put(file, jar);
        if (before != null && !before.name().equals(jar.name())) {
            settle(before.name());
        }
        settle(jar.name());
    }

    /** Handles a file that was removed. */
    synchronized void removed(Path file) {
        BundleJar before = files.remove(file);
        if (before != null) {
            settle(before.name());
        }
    }

    /** Does the work that waited for a bundle that hung and has returned. */
    private synchronized void catchUp() {
        files.values().stream().map(BundleJar::name).distinct().toList().forEach(this::settle);
        List.copyOf(deployed.keySet()).stream()
                .filter(name -> files.values().stream().noneMatch(jar -> jar.name().equals(name)))
                .forEach(this::settle);
        try {
            bundles.catchUp();
        } catch (DeployException e) {
            LOG.warn("what had to wait for a bundle that hung waits still: {}", e.getMessage());
        }
    }

    private void settle(String name) {
        List<BundleJar> candidates = files.values().stream()
                .filter(jar -> jar.name().equals(name))
                .sorted(Comparator.comparing(BundleJar::version).reversed()).toList();
        try {
            if (candidates.isEmpty()) {
                withdraw(name);
                return;
            }
            BundleJar best = candidates.get(0);
            if (candidates.size() > 1) {
                LOG.warn("{} is in several files, the highest version counts: {}."
                        + " Delete the others: {}", name, best.file(), candidates.stream().skip(1)
                                .map(jar -> jar.file() + " (" + jar.version() + ")").toList());
            }
            deploy(best);
        } catch (DeployException e) {
            LOG.error("{}: {}", candidates.isEmpty() ? name : candidates.get(0).file(),
                    e.getMessage());
        }
    }

    private void deploy(BundleJar jar) throws DeployException {
        Deployed now = deployed.get(jar.name());
        Bundle bundle = now == null ? null : bundles.byId(now.id()).orElse(null);
        if (bundle == null) {
            takeOver(jar);
        } else if (now.jar() != jar) {
            update(bundle, new Deployed(now.id(), jar, now.ownVersion()));
        }
    }

    /** Updates the bundle. If the bundle hangs, the update is repeated when it has returned. */
    private void update(Bundle bundle, Deployed to) throws DeployException {
        Deployed before = deployed.put(to.jar().name(), to);
        try {
            bundles.update(bundle, to.jar()::open);
        } catch (HangException e) {
            restore(to.jar().name(), before);
            throw e;
        }
    }

    private void restore(String name, Deployed before) {
        if (before == null) {
            deployed.remove(name);
        } else {
            deployed.put(name, before);
        }
    }

    private void takeOver(BundleJar jar) throws DeployException {
        Bundle own = bundles.byName(jar.name()).orElse(null);
        if (own == null || own.getLocation().equals(jar.location())) { // installed late, after all
            Bundle bundle = bundles.install(jar.location(), jar::open);
            deployed.put(jar.name(), new Deployed(bundle.getBundleId(), jar, Optional.empty()));
            return;
        }
        Foundation.requireNone(own, bundles.all());
        String version = own.getVersion().toString();
        if (jar.version().compareTo(own.getVersion()) < 0) {
            LOG.warn("{}: {} is older than the {} it replaces", jar.file(), jar.label(), version);
        }
        LOG.info("{}: {} replaces {} of {} until the file is deleted",
                jar.file(), jar.label(), version, Bundles.origin(own));
        update(own, new Deployed(own.getBundleId(), jar, Optional.of(version)));
    }

    private void withdraw(String name) throws DeployException {
        Deployed gone = deployed.remove(name);
        Bundle bundle = gone == null ? null : bundles.byId(gone.id()).orElse(null);
        if (bundle == null) {
            return; // uninstalled by hand, or never deployed
        }
        try {
            giveBack(bundle, gone);
        } catch (HangException e) {
            restore(name, gone);
            throw e;
        }
    }

    private void giveBack(Bundle bundle, Deployed gone) throws DeployException {
        if (gone.ownVersion().isPresent()) {
            bundles.update(bundle, Bundles.source(bundle));
            LOG.info("{}: was deleted, {} {} is back", gone.jar().file(), gone.jar().name(),
                    gone.ownVersion().get());
        } else {
            bundles.uninstall(bundle);
        }
    }
}
