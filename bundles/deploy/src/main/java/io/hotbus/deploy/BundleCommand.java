// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;

/** {@code bundle} of the shell: bundles installed, exchanged and asked after by hand. */
public final class BundleCommand {
    /** The words after the verb, and what they do. */
    private static final String USAGE = """
            bundle list                            what is installed, and how it is
            bundle install FILE|URL                install and start
            bundle update NAME [FILE|URL]          exchange its code (default: what it came from)
            bundle uninstall NAME                  stop it and take it away
            bundle start NAME                      start it, now and after what it needs came back
            bundle stop NAME                       stop it until it is started again
            bundle why NAME                        why it does not work, or what it consists of
            NAME is a symbolic name or an id""";
    private static final List<String> ON_A_NAME =
            List.of("update", "uninstall", "start", "stop", "why");

    private final Bundles bundles;
    private final Deployments deployments;
    private final Diagnosis diagnosis;

    BundleCommand(Bundles bundles, Deployments deployments, Diagnosis diagnosis) {
        this.bundles = bundles;
        this.deployments = deployments;
        this.diagnosis = diagnosis;
    }

    /** What the shell calls. */
    public void bundle(CommandSession session, String... words) throws DeployException {
        System.out.println(run(session.currentDir(), words));
    }

    /** What may stand at that place of a command line, for the shell's completion. */
    public List<String> bundleCandidates(List<?> words, Number index) {
        if (index.intValue() == 1) {
            return Stream.concat(Stream.of("list", "install"), ON_A_NAME.stream())
                    .sorted().toList();
        }
        return index.intValue() == 2 && ON_A_NAME.contains(String.valueOf(words.get(1)))
                ? bundles.all().stream().map(Bundles::name).distinct().sorted().toList()
                : List.of();
    }

    String run(Path folder, String... words) throws DeployException {
        String form = (words.length == 0 ? "" : words[0]) + " " + words.length;
        return switch (form) {
            case " 0", "help 1" -> USAGE;
            case "list 1" -> list();
            case "install 2" -> install(folder, words[1]);
            case "update 2" -> update(find(words[1]));
            case "update 3" -> update(find(words[1]), source(folder, words[2], words[1]));
            case "uninstall 2" -> uninstall(find(words[1]));
            case "start 2" -> start(find(words[1]));
            case "stop 2" -> stop(find(words[1]));
            case "why 2" -> why(find(words[1]));
            default -> throw new DeployException("'bundle %s' is not understood, valid:\n%s"
                    .formatted(String.join(" ", words), USAGE));
        };
    }

    private String list() {
        return bundles.all().stream().map(bundle -> "%4s  %-9s %-36s %-10s %s".formatted(
                        bundle.getBundleId(), state(bundle), Bundles.name(bundle),
                        bundle.getVersion(), file(bundle)).stripTrailing())
                .collect(Collectors.joining("\n"));
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
