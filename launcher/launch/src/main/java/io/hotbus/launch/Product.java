// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;

/**
 * The jars of the product, as the build lays them out below {@code target/export} of the launcher's
 * folder, with the start level of each.
 *
 * <p>Start levels: 1 the log and the configurations, which everything else uses; 2 the reader of
 * {@code etc/}; 3 the product; 4 the bundles of {@code deploy/}, and the shell. So a component has
 * its configuration from the start, and a deployed driver is there before the first device is
 * attached.
 */
final class Product {
    /** The level of the bundles of the product that {@link #LEVELS} does not name. */
    static final int LEVEL = 3;
    /**
     * The level of a bundle that is installed later, and of the framework after a complete start.
     */
    static final int LAST_LEVEL = 4;

    /** The levels by the name of the jar without its version. */
    private static final Map<String, Integer> LEVELS = Map.of(
            "org.apache.felix.log", 1,
            "org.apache.felix.configadmin", 1,
            "io.hotbus.config", 2,
            "org.apache.felix.fileinstall", 2,
            "io.hotbus.deploy", LAST_LEVEL,
            "org.apache.felix.gogo.command", LAST_LEVEL,
            "org.apache.felix.gogo.jline", LAST_LEVEL,
            "jline", LAST_LEVEL);

    /** A jar of the product. */
    record Jar(Path file, int startLevel) {
    }

    private final Path export;

    Product(Path home) {
        this.export = home.resolve("target/export");
    }

    /**
     * The jars that a command needs: {@code demo} and {@code password} the product, {@code run}
     * and the commands of other applications also what watches {@code etc/} and {@code deploy/},
     * {@code shell} also the shell.
     *
     * @throws LaunchException a folder is missing; the message names it
     */
    List<Jar> jars(String command) throws LaunchException {
        List<String> folders = switch (command) {
            case "demo", "password" -> List.of("hotbus");
            case "shell" -> List.of("hotbus", "watch", "shell");
            default -> List.of("hotbus", "watch");
        };
        List<Jar> jars = new ArrayList<>();
        for (String folder : folders) {
            addJars(export.resolve(folder), jars);
        }
        jars.sort(Comparator.comparing(Jar::file));
        return jars;
    }

    /**
     * Opens the libraries on the class path once, because the JVM silently ignores a damaged one:
     * without the logger, no error would be logged.
     *
     * @throws LaunchException a library is damaged; the message names it
     */
    void requireLibraries() throws LaunchException {
        List<Jar> libraries = new ArrayList<>();
        addJars(export.resolve("lib"), libraries);
        for (Jar library : libraries) {
            try (JarFile file = new JarFile(library.file().toFile())) {
                file.getManifest();
            } catch (IOException e) {
                throw LaunchException.missing(library.file() + " is damaged: " + Sentences.of(e)
                        + " (rm -r launcher/target, and build again)", e);
            }
        }
    }

    private static void addJars(Path folder, List<Jar> jars) throws LaunchException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
            for (Path file : files) {
                String name = file.getFileName().toString().replaceFirst("-[0-9].*", "");
                jars.add(new Jar(file, LEVELS.getOrDefault(name, LEVEL)));
            }
        } catch (IOException e) {
            throw LaunchException.missing("the product cannot be read from " + folder + ": "
                    + Sentences.of(e) + " (launcher/hotbus build makes it)", e);
        }
    }
}
