// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the jars of a folder, and reports those that are new, changed or gone. The constructor
 * reports what is in the folder at the beginning. A later change is reported when two polls in a
 * row have found the same. Links are followed: the file that a link leads to counts. Names that
 * begin with a dot are ignored.
 */
final class FolderWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);

    /**
     * The state of a file at one poll.
     *
     * @param key which file it is; another one of the same size and time has another key
     */
    private record Look(Object key, long size, FileTime modified) {
    }

    private final Path folder;
    private final Duration period;
    private final Deployments deployments;
    private final Thread thread = new Thread(this::watch, "deploy-watch");
    /** The reported files, by name. */
    private final Map<Path, Look> told = new HashMap<>();
    /** The files found by the last poll, by name. */
    private Map<Path, Look> last = Map.of();
    /** Dangling links that were reported. */
    private final Set<Path> dangling = new HashSet<>();
    private boolean unreadable;

    FolderWatch(Path folder, Duration period, Deployments deployments) {
        this.folder = folder;
        this.period = period;
        this.deployments = deployments;
        list().ifPresent(found -> {
            last = found;
            look(found);
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(period.toMillis());
                lookAround();
            }
        } catch (InterruptedException e) {
            LOG.debug("{} is watched no longer", folder);
        }
    }

    private void lookAround() {
        try {
            list().ifPresent(this::look);
        } catch (RuntimeException e) { // the next look may go well
            if (!thread.isInterrupted()) {
                LOG.error("{}: a change could not be dealt with", folder, e);
            }
        }
    }

    /** Ends the polling. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(period.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(Map<Path, Look> found) {
        for (Path file : Set.copyOf(told.keySet())) {
            if (!found.containsKey(file) && !last.containsKey(file)) {
                told.remove(file);
                deployments.removed(file);
            }
        }
        for (Map.Entry<Path, Look> entry : found.entrySet()) {
            Path file = entry.getKey();
            if (entry.getValue().equals(last.get(file))
                    && !entry.getValue().equals(told.get(file)) && !dangling.contains(file)) {
                told.put(file, entry.getValue());
                deployments.changed(file);
            }
        }
        last = found;
    }

    /** Lists the folder; empty if it cannot be read. */
    private Optional<Map<Path, Look>> list() {
        Map<Path, Look> found = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
            for (Path file : files) {
                if (!file.getFileName().toString().startsWith(".")) {
                    lookAt(file).ifPresent(look -> found.put(file, look));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            if (!unreadable) {
                LOG.error("{}: cannot be read: {} (what was deployed goes on)",
                        folder, Causes.sentence(e));
            }
            unreadable = true;
            return Optional.empty();
        }
        unreadable = false;
        dangling.retainAll(found.keySet());
        return Optional.of(found);
    }

    /** The state of the file; for a dangling link, the former state. */
    private Optional<Look> lookAt(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            dangling.remove(file);
            return !now.isRegularFile() ? Optional.empty() : Optional.of(
                    new Look(now.fileKey(), now.size(), now.lastModifiedTime()));
        } catch (IOException e) {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            if (dangling.add(file)) {
                LOG.error("{}: is a link that leads to no file that can be read: {}{}", file,
                        e.getMessage(), told.containsKey(file)
                                ? " (what was deployed from it goes on)" : "");
            }
            return Optional.of(Objects.requireNonNullElse(
                    told.get(file), new Look(null, 0, FileTime.fromMillis(0))));
        }
    }
}
