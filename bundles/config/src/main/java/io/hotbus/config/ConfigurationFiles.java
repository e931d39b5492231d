// SPDX-License-Identifier: Apache-2.0
package io.hotbus.config;

import io.hotbus.eal.config.Settings;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Configuration Admin in step with the files of a folder. FileInstall watches the folder and
 * calls this class. FileInstall itself would create no configuration for a file that it cannot
 * read, so a list of blocked devices would block none.
 *
 * <p>If a file cannot be read or parsed, its former contents stay in force. If there are none, its
 * configuration has one key, {@link Settings#FLAW}, which tells the component that there are
 * settings and what is wrong with them.
 */
final class ConfigurationFiles implements ArtifactInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationFiles.class);
    /** The key that holds the path of the file. Source: FileInstall. */
    private static final String FILE = "felix.fileinstall.filename";

    private final Path folder;
    private final ConfigurationAdmin admin;
    private final UnaryOperator<String> variables;
    /** The files that FileInstall ignores. Guarded by this. */
    private final Set<File> unreadable = new HashSet<>();

    ConfigurationFiles(Path folder, ConfigurationAdmin admin, UnaryOperator<String> variables) {
        this.folder = folder;
        this.admin = admin;
        this.variables = variables;
    }

    /**
     * Handles what FileInstall ignores: dangling links, folders named like files, and former ones
     * of these that are gone. Call it periodically.
     *
     * @throws IOException the folder cannot be read
     */
    synchronized void takeUnreadable() throws IOException {
        Set<File> now = new HashSet<>(files());
        now.removeIf(File::isFile);
        for (File file : now) {
            if (unreadable.add(file)) {
                install(file);
            }
        }
        for (File file : Set.copyOf(unreadable)) {
            if (!now.contains(file)) {
                unreadable.remove(file);
                if (!file.exists()) { // otherwise FileInstall reports it
                    uninstall(file);
                }
            }
        }
    }

    /** All configuration files in the folder, also those that cannot be read. */
    private List<File> files() throws IOException {
        List<File> files = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            paths.forEach(path -> files.add(path.toFile()));
        }
        files.removeIf(file -> !isConfiguration(file));
        return files;
    }

    @Override
    public boolean canHandle(File file) {
        return isConfiguration(file) && file.toPath().getParent().equals(folder);
    }

    private static boolean isConfiguration(File file) {
        return file.getName().endsWith(ConfigurationFile.CFG)
                || file.getName().endsWith(ConfigurationFile.CONFIG);
    }

    @Override
    public synchronized void install(File file) throws IOException {
        ConfigurationName name = ConfigurationName.of(file.getName());
        Configuration configuration = name.in(admin);
        Dictionary<String, Object> before = configuration.getProperties();
        Dictionary<String, Object> values;
        try {
            requireOnly(file);
            values = new ConfigurationFile(file.toPath(), variables).read();
        } catch (ConfigurationFileException e) {
            if (before != null && before.get(Settings.FLAW) == null) {
                LOG.error("{}: {} (what was configured before stays in force)", name,
                        e.getMessage());
                return;
            }
            values = new Hashtable<>();
            values.put(Settings.FLAW, e.getMessage());
        }
        values.put(FILE, file.toURI().toString());
        if (configuration.updateIfDifferent(values) && values.get(Settings.FLAW) == null) {
            LOG.info("{}: configured by {}", name, file);
        }
    }

    /**
     * Throws if another file has the same configuration: it is unknown which of the two is meant.
     */
    private void requireOnly(File file) throws IOException, ConfigurationFileException {
        ConfigurationName name = ConfigurationName.of(file.getName());
        for (File other : files()) {
            if (ConfigurationName.of(other.getName()).equals(name) && !other.equals(file)) {
                throw new ConfigurationFileException(
                        file + " and " + other + " configure the same: delete one of them");
            }
        }
    }

    @Override
    public void update(File file) throws IOException {
        install(file);
    }

    @Override
    public synchronized void uninstall(File file) throws IOException {
        if (Files.exists(file.toPath(), LinkOption.NOFOLLOW_LINKS)) {
            takeUnreadable(); // a link that leads nowhere now, if it is not back already
            return;
        }
        ConfigurationName name = ConfigurationName.of(file.getName());
        Configuration configuration = name.in(admin);
        Dictionary<String, Object> values = configuration.getProperties();
        if (values == null || file.toURI().toString().equals(values.get(FILE))) {
            configuration.delete();
            LOG.info("{}: no longer configured, {} was deleted", name, file);
        }
        for (File other : files()) { // may have been in conflict with the removed file
            if (ConfigurationName.of(other.getName()).equals(name)) {
                install(other);
            }
        }
    }
}
