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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may import whom, read from the manifests of the jars as they were built. */
class HouseRulesTest {
    private static final String PREFIX = "io.hotbus.";

    /** Each bundle but the drivers, and the bundles of ours it may import from. */
    private static final Map<String, Set<String>> RULES = Map.ofEntries(
            Map.entry("eal", Set.of()),
            Map.entry("jnr", Set.of()),
            Map.entry("cli", Set.of()),
            Map.entry("os", Set.of("jnr")),
            Map.entry("core", Set.of("eal", "os")),
            Map.entry("ethdev", Set.of("eal")),
            Map.entry("pmd", Set.of("eal", "ethdev")),
            Map.entry("netif", Set.of("eal", "ethdev", "pmd", "os")),
            Map.entry("bus", Set.of("eal")),
            Map.entry("bus.vdev", Set.of("eal", "bus")),
            Map.entry("bus.pci", Set.of("eal", "bus", "os", "cli")),
            Map.entry("pmd.virtio", Set.of("eal", "ethdev", "pmd")),
            Map.entry("pmd.members", Set.of("eal", "ethdev", "pmd", "os", "bus.vdev")),
            Map.entry("pmd.pci", Set.of("eal", "ethdev", "pmd", "bus.pci")),
            Map.entry("pmd.intel", Set.of("eal", "ethdev", "pmd", "pmd.pci", "bus.pci")),
            Map.entry("tck", Set.of("eal", "ethdev", "os")),
            Map.entry("app", Set.of("eal", "ethdev")),
            Map.entry("http", Set.of("eal")),
            Map.entry("metrics", Set.of("eal", "ethdev", "app", "http")),
            Map.entry("web", Set.of("eal", "ethdev", "app", "cli", "http", "history")),
            Map.entry("webconsole", Set.of("web", "eal")),
            Map.entry("history", Set.of("eal", "cli", "app")),
            Map.entry("jfr", Set.of("eal")),
            Map.entry("telemetry", Set.of("eal", "os", "ethdev", "app", "history")),
            Map.entry("systemd", Set.of("eal", "os", "ethdev", "app")),
            Map.entry("testpmd", Set.of("eal", "ethdev", "app", "cli")),
            Map.entry("demo", Set.of("eal", "ethdev", "app", "testpmd")),
            Map.entry("doctor", Set.of("eal", "app")),
            Map.entry("config", Set.of("eal")),
            Map.entry("deploy", Set.of("cli")));

    /** What every driver may import from, besides one bus. */
    private static final Set<String> DRIVER_RULE =
            Set.of("eal", "ethdev", "pmd", "pmd.members", "pmd.virtio", "pmd.pci", "pmd.intel",
                    "netif", "os", "cli");
    private static final String BUS = "bus.";

    /** Bundles that belong only to the launcher's product. */
    private static final Set<String> NOT_SHIPPED =
            Set.of("demo", "doctor", "config", "deploy", "systemd");

    /** Libraries for the class path of unit tests. */
    private static final Set<String> TEST_KITS = Set.of("testkit", "testkit.pci");

    /** A package of ours before the name of a type, or before the asterisk of an import. */
    private static final Pattern USED_PACKAGE =
            Pattern.compile("\\b(io\\.hotbus(?:\\.[a-z0-9_]+)+)\\.(?=[A-Z*])");

    /** Sources of tests and benchmarks; the group is the folder of the module. */
    private static final Pattern TEST_SOURCE = Pattern.compile(
            ".*/((?:[^/]+(?=/src/test/java/))|bench(?=/src/)|itest(?=/src/)).*\\.java");

    private static final Map<String, Manifest> MANIFESTS = new TreeMap<>();

    @BeforeAll
    static void readManifests() throws IOException {
        for (String bundle : bundles()) {
            MANIFESTS.put(bundle, manifest(Path.of("..", bundle, "target"), bundle));
        }
    }

    private static Manifest manifest(Path target, String bundle) throws IOException {
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(target, PREFIX + bundle + "-*.jar")) {
            for (Path jar : jars) {
                if (!jar.toString().endsWith("-tests.jar")) {
                    try (JarFile file = new JarFile(jar.toFile())) {
                        return file.getManifest();
                    }
                }
            }
        }
        throw new AssertionError("no jar of " + bundle + " in " + target);
    }

    /** Those that have a folder. */
    private static Set<String> bundles() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of(".."))) {
            return folders.filter(f -> Files.exists(f.resolve("bnd.bnd")))
                    .map(f -> f.getFileName().toString())
                    .filter(f -> !f.equals("itest") && !TEST_KITS.contains(f))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static boolean isDriver(String bundle) {
        return bundle.startsWith("net.");
    }

    @Test
    void shouldKnowEveryBundle() throws IOException {
        Set<String> ruled = bundles();
        ruled.removeIf(HouseRulesTest::isDriver);
        assertThat(ruled).as("bundles with a rule").isEqualTo(new TreeSet<>(RULES.keySet()));
        assertThat(MANIFESTS.keySet()).as("jars built").isEqualTo(bundles());
    }

    @Test
    void shouldTestWithNoPackageThatAnotherBundleKeepsToItself() throws IOException {
        Set<String> open = TEST_KITS.stream().map(PREFIX::concat)
                .collect(Collectors.toCollection(TreeSet::new));
        MANIFESTS.values().forEach(manifest -> open.addAll(packages(manifest, "Export-Package")));
        List<String> wrong = new ArrayList<>();
        int tests = 0;
        for (Path file : sources()) {
            Matcher module = TEST_SOURCE.matcher(file.toString());
            if (!module.matches()) {
                continue;
            }
            tests++;
            String own = PREFIX + module.group(1).replace(".null", ".null_");
            String source = Files.readString(file);
            if (!(declaredPackage(source) + ".").startsWith(own + ".")) {
                wrong.add(file + ": declares a package of another bundle");
            }
            USED_PACKAGE.matcher(source).results().map(used -> used.group(1)).distinct()
                    .filter(name -> !(name + ".").startsWith(own + ".") && !open.contains(name))
                    .forEach(name -> wrong.add(file + ": uses " + name));
        }
        assertThat(tests).as("sources of tests").isGreaterThan(150);
        assertThat(wrong).isEmpty();
    }

    private static String declaredPackage(String source) {
        return source.lines().filter(line -> line.startsWith("package ")).findFirst()
                .map(line -> line.replaceAll("package |;", "")).orElse("");
    }

    @Test
    void shouldShipEveryBundle() throws IOException {
        String repository = Files.readString(Path.of("../../launcher/repository/pom.xml"))
                + Files.readString(Path.of("../drivers/pom.xml"));
        String features = Files.readString(Path.of("../../launcher/repository/features.xml"));
        Set<String> shipped = bundles();
        shipped.removeAll(NOT_SHIPPED);
        shipped.addAll(TEST_KITS);
        assertThat(shipped).as("in the repository").allMatch(bundle ->
                repository.contains("<artifactId>" + PREFIX + bundle + "</artifactId>"));
        shipped.removeAll(TEST_KITS);
        shipped.remove("tck");
        shipped.remove("webconsole"); // Karaf 4.4 has an older console
        shipped.removeIf(HouseRulesTest::isDriver); // features take them from their folders' names
        assertThat(shipped).as("in a feature of Karaf").allMatch(bundle ->
                features.contains("mvn:io.hotbus/" + PREFIX + bundle + "/"));
    }

    @Test
    void shouldImportOnlyFromAllowedBundles() {
        Map<String, String> exporter = exporters();
        Map<String, Set<String>> forbidden = new TreeMap<>();
        MANIFESTS.forEach((bundle, manifest) -> {
            for (String name : packages(manifest, "Import-Package")) {
                String from = exporter.get(name);
                if (from != null && !from.equals(bundle) && !mayImport(bundle, from)) {
                    forbidden.computeIfAbsent(bundle, b -> new TreeSet<>()).add(name);
                }
            }
        });
        assertThat(forbidden).isEmpty();
    }

    @Test
    void shouldLetAnExampleKnowWhatApplicationsMay() throws IOException {
        Set<String> allowed = Set.of("eal", "ethdev", "app");
        Map<String, String> exporter = exporters();
        int examples = 0;
        try (DirectoryStream<Path> folders =
                Files.newDirectoryStream(Path.of("../../examples"))) {
            for (Path folder : folders) {
                Manifest manifest = manifest(folder.resolve("target"), "example."
                        + folder.getFileName());
                assertThat(packages(manifest, "Import-Package").stream().map(exporter::get)
                        .filter(from -> from != null)).as(folder + " imports from")
                        .isSubsetOf(allowed);
                examples++;
            }
        }
        assertThat(examples).isPositive();
    }

    /** Of each package that is exported, the bundle. */
    private static Map<String, String> exporters() {
        Map<String, String> exporters = new HashMap<>();
        MANIFESTS.forEach((bundle, manifest) -> packages(manifest, "Export-Package")
                .forEach(name -> exporters.put(name, bundle)));
        return exporters;
    }

    private static boolean mayImport(String bundle, String from) {
        return isDriver(bundle) ? DRIVER_RULE.contains(from) || from.startsWith(BUS)
                : RULES.get(bundle).contains(from);
    }

    @Test
    void shouldLetADriverKnowOneBus() {
        Map<String, String> exporter = exporters();
        MANIFESTS.keySet().stream().filter(HouseRulesTest::isDriver).forEach(driver ->
                assertThat(packages(MANIFESTS.get(driver), "Import-Package").stream()
                        .map(exporter::get).filter(from -> from != null && from.startsWith(BUS))
                        .distinct()).as(driver + " imports from buses").hasSize(1));
    }

    @Test
    void shouldExportNothingFromCoreAndDriversAndNoInternalPackage() {
        Set<String> all = new TreeSet<>(Set.of("core", "demo", "doctor", "deploy"));
        MANIFESTS.keySet().stream().filter(HouseRulesTest::isDriver).forEach(all::add);
        for (String closed : all) {
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
            boolean driver = isDriver(bundle);
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
