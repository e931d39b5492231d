// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import io.hotbus.os.SigbusWindows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts the resources of this process that the garbage collector does not reclaim.
 *
 * @param counts threads by name, descriptors by target, mappings of files (memfds included) and
 *     shared mappings, and windows in the table of the SIGBUS handler. Names are without numbers,
 *     because the number of a thread, a socket or the jar of an updated bundle differs each time
 */
record Resources(Map<String, Long> counts) {
    static Resources now(SigbusWindows table) {
        try {
            Map<String, Long> counts = new TreeMap<>();
            counts.putAll(count("thread ", threads()));
            counts.putAll(count("descriptor ", descriptors()));
            counts.putAll(count("mapping ", mappings()));
            counts.put("windows", table.totals().windows());
            return new Resources(counts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The resources in excess of {@code before}. */
    Map<String, Long> minus(Resources before) {
        Map<String, Long> more = new TreeMap<>();
        counts.forEach((what, number) ->
                more.put(what, number - before.counts.getOrDefault(what, 0L)));
        more.values().removeIf(number -> number <= 0);
        return more;
    }

    private static Map<String, Long> count(String kind, Stream<String> names) {
        return names.collect(Collectors.groupingBy(
                name -> kind + name.replaceAll("\\d+", "N"), Collectors.counting()));
    }

    private static Stream<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName);
    }

    private static Stream<String> descriptors() throws IOException {
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            return links.map(Resources::target).toList().stream();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (NoSuchFileException e) {
            return "the listing itself";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The mappings without anonymous private memory, which the JVM manages itself. */
    private static Stream<String> mappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .map(line -> line.split("\\s+", 6))
                .filter(field -> field.length == 6 && field[5].startsWith("/"))
                .map(field -> field[1] + " " + field[5]);
    }
}
