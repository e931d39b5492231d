// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lcores of this process, as the kernel sees them: threads with the names that {@code
 * io.hotbus.app.Lcore} gives. Any thread.
 *
 * @param tasks {@code /proc/self/task}
 */
record Lcores(Path tasks) {
    private static final Pattern NAME = Pattern.compile("lcore-([0-9]{1,6})");
    private static final String CPUS = "Cpus_allowed_list:";

    /** The CPUs that each lcore may run on, by its number. */
    Map<Integer, List<Integer>> cpus() throws IOException {
        final Map<Integer, List<Integer>> all = new TreeMap<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                final Matcher name = NAME.matcher(text(thread.resolve("comm")).strip());
                if (name.matches()) {
                    all.put(Integer.valueOf(name.group(1)), allowed(thread));
                }
            }
        }
        return all;
    }

    /** Empty if the thread has ended. */
    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            if (e.getMessage() != null && e.getMessage().contains("No such process")) {
                return "";
            }
            throw e;
        }
    }

    private static List<Integer> allowed(Path thread) throws IOException {
        final List<Integer> cpus = new ArrayList<>();
        for (String line : text(thread.resolve("status")).split("\n")) {
            if (line.startsWith(CPUS)) {
                for (String range : line.substring(CPUS.length()).strip().split(",")) {
                    final String[] ends = range.split("-");
                    final int last = Integer.parseInt(ends[ends.length - 1]);
                    for (int cpu = Integer.parseInt(ends[0]); cpu <= last; cpu++) {
                        cpus.add(cpu);
                    }
                }
            }
        }
        return cpus;
    }
}
