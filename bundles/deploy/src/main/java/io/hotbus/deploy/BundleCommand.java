// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;

/** The shell command {@code bundle}: installs, updates, stops and shows bundles. */
public final class BundleCommand implements Verbs {
    private record Listed(long id, String state, String name, String version, String file) {
        String text() {
            return "%4s  %-9s %-36s %-10s %s".formatted(id, state, name, version, file)
                    .stripTrailing();
        }
    }

    private final Bundles bundles;
    private final Deployments deployments;
    private final Diagnosis diagnosis;

    BundleCommand(Bundles bundles, Deployments deployments, Diagnosis diagnosis) {
        this.bundles = bundles;
        this.deployments = deployments;
        this.diagnosis = diagnosis;
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(
                Verb.of("bundle list", "what is installed, and how it is", words -> list(),
                        listed -> listed.stream().map(Listed::text)
                                .collect(Collectors.joining("\n"))),
                Verb.of("bundle install FILE|URL", "install and start",
                        words -> install(words.folder(), words.get(0))),
                onAName("update NAME [FILE|URL]",
                        "exchange its code (default: what it came from)",
                        words -> words.has(1) ? update(find(words.get(0)),
                                source(words.folder(), words.get(1), words.get(0)))
                                : update(find(words.get(0)))),
                onAName("uninstall NAME", "stop it and take it away",
                        words -> uninstall(find(words.get(0)))),
                onAName("start NAME", "start it, now and after what it needs came back",
                        words -> start(find(words.get(0)))),
                onAName("stop NAME", "stop it until it is started again",
                        words -> stop(find(words.get(0)))),
                onAName("why NAME", "why it does not work, or what it consists of",
                        words -> why(find(words.get(0)))));
    }

    private Verb<String> onAName(String form, String help, Verb.Action<String> action) {
        return Verb.of("bundle " + form, help, action).with("NAME", () ->
                bundles.all().stream().map(Bundles::name).distinct().toList());
    }

    private List<Listed> list() {
        return bundles.all().stream().map(bundle -> new Listed(bundle.getBundleId(),
                state(bundle), Bundles.name(bundle), bundle.getVersion().toString(),
                file(bundle))).toList();
    }

    private String state(Bundle bundle) {
        Optional<Diagnosis.Finding> finding = diagnosis.of(bundle);
        if (finding.isPresent()) {
            return bundles.hang(bundle).isPresent() ? "hangs"
                    : finding.get().broken() ? "broken" : "waits";
        }
        return switch (bundle.getState()) {
            case Bundle.ACTIVE -> "runs";
            case Bundle.STARTING, Bundle.STOPPING -> "changes";
            default -> Fragments.isFragment(bundle) ? "fragment" : "stopped";
        };
    }

    private String file(Bundle bundle) {
        return deployments.file(bundle).map(Path::toString).orElse("");
    }

    private String install(Path folder, String word) throws DeployException {
        String location = location(folder, word);
        Bundles.Source source = source(folder, word, "");
        Optional<Bundle> same = bundles.all().stream()
                .filter(bundle -> bundle.getLocation().equals(location)).findFirst();
        if (same.isPresent()) {
            throw new DeployException("%s is installed from there already (bundle update %s)"
                    .formatted(Bundles.label(same.get()), Bundles.name(same.get())));
        }
        return outcome(bundles.install(location, source));
    }

    private String update(Bundle bundle) throws DeployException {
        Optional<Path> file = deployments.file(bundle);
        if (file.isPresent()) {
            return update(bundle, BundleJar.read(file.get())::open);
        }
        return update(bundle, Bundles.source(bundle));
    }

    private String update(Bundle bundle, Bundles.Source source) throws DeployException {
        Foundation.requireNone(bundle, bundles.all());
        bundles.update(bundle, source);
        return outcome(bundle);
    }

    private String uninstall(Bundle bundle) throws DeployException {
        Foundation.requireNone(bundle, bundles.all());
        Optional<Path> file = deployments.file(bundle);
        if (file.isPresent()) {
            throw new DeployException("%s is there because of %s: delete that file"
                    .formatted(Bundles.name(bundle), file.get()));
        }
        bundles.uninstall(bundle);
        return Bundles.label(bundle) + " is uninstalled";
    }

    private String start(Bundle bundle) throws DeployException {
        bundles.start(bundle);
        return outcome(bundle);
    }

    private String stop(Bundle bundle) throws DeployException {
        Foundation.requireNone(bundle, bundles.all());
        bundles.stop(bundle);
        return outcome(bundle);
    }

    private String why(Bundle bundle) {
        List<String> components = diagnosis.components(bundle);
        String origin = Bundles.origin(bundle);
        String file = deployments.file(bundle).map(Path::toString).orElse(origin);
        return outcome(bundle) + "\n  from " + file
                + (file.equals(origin) ? "" : "\n  without that file from " + origin)
                + (components.isEmpty() ? "" : "\n  components "
                        + String.join(", ", components));
    }

    private String outcome(Bundle bundle) {
        return Bundles.label(bundle) + " " + diagnosis.of(bundle).map(Diagnosis.Finding::text)
                .orElseGet(() -> goodState(bundle));
    }

    private static String goodState(Bundle bundle) {
        Set<Bundle> hosts = Fragments.hostsOf(bundle);
        return !hosts.isEmpty() ? "is attached to " + Bundles.labels(hosts)
                : bundle.getState() == Bundle.ACTIVE ? "runs" : "is stopped";
    }

    /** @throws DeployException there is none */
    private Bundle find(String word) throws DeployException {
        Optional<Bundle> found = word.matches("\\d{1,9}")
                ? bundles.byId(Long.parseLong(word)) : bundles.byName(word);
        return found.orElseThrow(() -> new DeployException(
                "no bundle '%s' (bundle list shows those there are)".formatted(word)));
    }

    private static String location(Path folder, String word) throws DeployException {
        return isUrl(word) ? word : folder.resolve(word).normalize().toUri().toString();
    }

    /** @param name the symbolic name it has to have, or its id, or empty */
    private Bundles.Source source(Path folder, String word, String name) throws DeployException {
        if (isUrl(word)) {
            try {
                URL url = new URL(word);
                return url::openStream;
            } catch (MalformedURLException e) {
                throw new DeployException(word + ": " + e.getMessage(), e);
            }
        }
        try {
            BundleJar jar = BundleJar.read(folder.resolve(word).normalize());
            if (!name.isEmpty() && !jar.name().equals(Bundles.name(find(name)))) {
                throw new DeployException("is " + jar.label() + ", not another " + name);
            }
            return jar::open;
        } catch (DeployException e) {
            throw new DeployException(word + ": " + e.getMessage(), e);
        }
    }

    private static boolean isUrl(String word) {
        return word.matches("[a-z]+:.*");
    }
}
