// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may import whom, read from the manifests of the jars as they were built. */
class HouseRulesTest {
    private static final String PREFIX = "io.hotbus.";

    /** Each bundle, and the bundles of ours it may import from. */
    private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            Map.entry("eal", Set.of()),
            Map.entry("jnr", Set.of()),
            Map.entry("cli", Set.of()),
            Map.entry("os", Set.of("jnr")),
            Map.entry("core", Set.of("eal", "os")),
            Map.entry("ethdev", Set.of("eal")),
            Map.entry("pmd", Set.of("eal", "ethdev")),
            Map.entry("bus", Set.of("eal")),
            Map.entry("bus.vdev", Set.of("eal", "bus")),
            Map.entry("bus.pci", Set.of("eal", "bus", "os", "cli")),
            Map.entry("net.null", Set.of("eal", "ethdev", "pmd", "bus.vdev")),
            Map.entry("net.sim", Set.of("eal", "ethdev", "pmd", "bus.vdev", "os")),
            Map.entry("net.e1000e", Set.of("eal", "ethdev", "pmd", "bus.pci")),
            Map.entry("tck", Set.of("eal", "ethdev", "os")),
            Map.entry("testpmd", Set.of("eal", "ethdev", "cli")),
            Map.entry("demo", Set.of("eal", "ethdev", "testpmd")),
            Map.entry("config", Set.of("eal")),
            Map.entry("deploy", Set.of("cli")));

    /** Of the product of the launcher alone. */
    private static final Set<String> NOT_SHIPPED = Set.of("demo", "config", "deploy");

    private static final Map<String, Manifest> MANIFESTS = new TreeMap<>();

    @BeforeAll
    static void readManifests() throws IOException {
        for (String bundle : ALLOWED.keySet()) {
            Path target = Path.of("..", bundle, "target");
            try (DirectoryStream<Path> jars =
                    Files.newDirectoryStream(target, PREFIX + bundle + "-*.jar")) {
                for (Path jar : jars) {
                    try (JarFile file = new JarFile(jar.toFile())) {
                        MANIFESTS.put(bundle, file.getManifest());
                    }
                }
            }
        }
    }

    @Test
    void shouldKnowEveryBundle() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of(".."))) {
            Set<String> bundles = folders.filter(f -> Files.exists(f.resolve("bnd.bnd")))
                    .map(f -> f.getFileName().toString()).collect(Collectors.toSet());
            bundles.remove("itest");
            assertThat(bundles).as("bundles with a rule").isEqualTo(ALLOWED.keySet());
        }
        assertThat(MANIFESTS.keySet()).as("jars built").isEqualTo(new TreeSet<>(ALLOWED.keySet()));
    }

    @Test
    void shouldShipEveryBundle() throws IOException {
        String repository = Files.readString(Path.of("../../launcher/repository/pom.xml"));
        String features = Files.readString(Path.of("../../launcher/repository/features.xml"));
        Set<String> shipped = new TreeSet<>(ALLOWED.keySet());
        shipped.removeAll(NOT_SHIPPED);
        assertThat(shipped).as("in the repository").allMatch(bundle ->
                repository.contains("<artifactId>" + PREFIX + bundle + "</artifactId>"));
        shipped.remove("tck");
        assertThat(shipped).as("in a feature of Karaf").allMatch(bundle ->
                features.contains("mvn:io.hotbus/" + PREFIX + bundle + "/"));
    }

    @Test
    void shouldImportOnlyFromAllowedBundles() {
        Map<String, String> exporter = new HashMap<>();
        MANIFESTS.forEach((bundle, manifest) -> packages(manifest, "Export-Package")
                .forEach(name -> exporter.put(name, bundle)));
        Map<String, Set<String>> forbidden = new TreeMap<>();
        MANIFESTS.forEach((bundle, manifest) -> {
            for (String name : packages(manifest, "Import-Package")) {
                String from = exporter.get(name);
                if (from != null && !from.equals(bundle) && !ALLOWED.get(bundle).contains(from)) {
                    forbidden.computeIfAbsent(bundle, b -> new TreeSet<>()).add(name);
                }
            }
        });
        assertThat(forbidden).isEmpty();
    }

    @Test
    void shouldExportNothingFromCoreAndDriversAndNoInternalPackage() {
        for (String closed : Set.of(
                "core", "net.null", "net.sim", "net.e1000e", "demo", "deploy")) {
            assertThat(packages(MANIFESTS.get(closed), "Export-Package")).as(closed).isEmpty();
        }
        MANIFESTS.forEach((bundle, manifest) -> {
            if (!bundle.equals("jnr")) {
                assertThat(packages(manifest, "Export-Package")).as(bundle)
                        .noneMatch(name -> name.contains("internal"));
            }
        });
    }

    @Test
    void shouldVersionEveryExportedPackage() {
        MANIFESTS.forEach((bundle, manifest) -> assertThat(clauses(manifest, "Export-Package"))
                .as(bundle).allMatch(clause -> clause.matches("(?s).*;version=\"?[1-9].*")));
    }

    @Test
    void shouldSayForResolversWhatBusesAndDriversProvideAndNeed() {
        String platform = "osgi.implementation;filter:=\"(&(osgi.implementation=hotbus)";
        assertThat(header("core", "Provide-Capability"))
                .contains("osgi.implementation;osgi.implementation=hotbus;version");
        MANIFESTS.keySet().forEach(bundle -> {
            boolean bus = bundle.startsWith("bus.");
            boolean driver = bundle.startsWith("net.");
            assertThat(header(bundle, "Provide-Capability").contains("hotbus.bus;hotbus.bus="))
                    .as(bundle + " provides a bus").isEqualTo(bus);
            assertThat(header(bundle, "Require-Capability").contains(platform) || !bus)
                    .as(bundle + " requires the platform").isTrue();
            assertThat(header(bundle, "Provide-Capability").contains("hotbus.driver;"))
                    .as(bundle + " provides a driver").isEqualTo(driver);
            assertThat(header(bundle, "Require-Capability").contains("hotbus.bus;filter:="))
                    .as(bundle + " requires a bus").isEqualTo(driver);
        });
    }

    private static String header(String bundle, String name) {
        String value = MANIFESTS.get(bundle).getMainAttributes().getValue(name);
        return value == null ? "" : value;
    }

    @Test
    void shouldCarryALicenceInEverySourceAndKeepTo100Columns() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources()) {
            List<String> lines = Files.readAllLines(file);
            if (lines.stream().limit(3).noneMatch(l -> l.contains("SPDX-License-Identifier: "))) {
                wrong.add(file + ": no SPDX line");
            }
            // The kernel's own style checker holds kmod/.
            boolean code = file.toString().matches(".*\\.(java|c|h)")
                    && !file.toString().contains("/kmod/");
            for (int i = 0; code && i < lines.size(); i++) {
                if (lines.get(i).replace("\t", "        ").length() > 100) {
                    wrong.add(file + ":" + (i + 1) + ": more than 100 columns");
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** The sources in Java, C and bnd, and the scripts, of the whole project. */
    private static List<Path> sources() throws IOException {
        Path top = Path.of("../..").toRealPath();
        Set<String> skipped = Set.of("target", "build", ".git");
        try (Stream<Path> files = Files.find(top, 20, (path, attributes) ->
                attributes.isRegularFile() && path.toString().matches(".*\\.(java|c|h|bnd|sh)")
                && Stream.of(top.relativize(path).toString().split("/"))
                        .noneMatch(skipped::contains))) {
            return files.toList();
        }
    }

    private static Set<String> packages(Manifest manifest, String header) {
        return clauses(manifest, header).map(clause -> clause.replaceFirst(";.*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The clauses of a header: split at commas that are not inside quotes. */
    private static Stream<String> clauses(Manifest manifest, String header) {
        String value = manifest.getMainAttributes().getValue(header);
        return value == null ? Stream.empty()
                : Stream.of(value.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")).map(String::strip);
    }
}
