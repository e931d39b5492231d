// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the resources of this process that a driver may forget to release: threads, open files,
 * and mappings of memory files and devices; by name, without numbers.
 */
public record Footprint(
        Map<String, Integer> threads, Map<String, Integer> files, Map<String, Integer> mappings) {
    private static final Path FILES = Path.of("/proc/self/fd");

    /** The present footprint. */
    public static Footprint now() {
        return new Footprint(threadsNow(), filesNow(), mappingsNow());
    }

    private static Map<String, Integer> threadsNow() {
        Map<String, Integer> threads = new TreeMap<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            ThreadGroup group = thread.getThreadGroup();
            // Threads of the JVM itself come and go.
            if (group != null && !group.getName().equals("system")) {
                count(threads, thread.getName());
            }
        }
        return threads;
    }

    private static Map<String, Integer> filesNow() {
        Map<String, Integer> files = new TreeMap<>();
        try (DirectoryStream<Path> links = Files.newDirectoryStream(FILES)) {
            for (Path link : links) {
                countTarget(files, link);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private static void countTarget(Map<String, Integer> files, Path link) {
        try {
            String target = Files.readSymbolicLink(link).toString();
            // Class loaders open jars and the like at any time.
            boolean ordinary = target.startsWith("/") && !target.startsWith("/dev/")
                    && !target.startsWith("/sys/") && !target.startsWith("/memfd:");
            if (!ordinary) {
                count(files, target);
            }
        } catch (IOException e) {
            // closed meanwhile
        }
    }

    private static Map<String, Integer> mappingsNow() {
        Map<String, Integer> mappings = new TreeMap<>();
        for (Mappings.Mapping mapping : Mappings.all()) {
            String name = mapping.name();
            if (name.startsWith("/memfd:") || name.startsWith("/dev/") || name.startsWith("/sys/")
                    || name.startsWith("anon_inode:")) {
                count(mappings, name);
            }
        }
        return mappings;
    }

    private static void count(Map<String, Integer> counts, String name) {
        counts.merge(name.replaceAll("\\d+", "N"), 1, Integer::sum);
    }

    /** The resources that this footprint has in excess of {@code before}; empty if none. */
    public Map<String, Integer> beyond(Footprint before) {
        Map<String, Integer> more = new TreeMap<>();
        beyond("thread ", threads, before.threads, more);
        beyond("file ", files, before.files, more);
        beyond("mapping ", mappings, before.mappings, more);
        return more;
    }

    private static void beyond(String kind, Map<String, Integer> now, Map<String, Integer> before,
            Map<String, Integer> more) {
        now.forEach((name, count) -> {
            int added = count - before.getOrDefault(name, 0);
            if (added > 0) {
                more.put(kind + name, added);
            }
        });
    }
}
