// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An lcore of this process, as the kernel sees it: an lcore that polls and does not run all the
 * time is interrupted by others. Source: {@code schedstat} in proc(5).
 *
 * @param lcore        its number
 * @param runningNanos how long its thread has run
 * @param waitingNanos how long its thread could run, and another thread ran in its place
 */
public record LcoreTimes(int lcore, long runningNanos, long waitingNanos) {
    private static final Logger LOG = LoggerFactory.getLogger(LcoreTimes.class);
    private static final Pattern NAME = Pattern.compile("lcore-([0-9]{1,6})");
    private static final Path TASKS = Path.of("/proc/self/task");

    /** The present lcores, by number. Any thread. */
    public static List<LcoreTimes> all() {
        return all(TASKS);
    }

    static List<LcoreTimes> all(Path tasks) {
        List<LcoreTimes> all = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                add(thread, all);
            }
        } catch (IOException e) {
            LOG.debug("{}: {}", tasks, e.toString());
        }
        all.sort(Comparator.comparing(LcoreTimes::lcore));
        return all;
    }

    private static void add(Path thread, List<LcoreTimes> all) {
        try {
            Matcher name = NAME.matcher(Files.readString(thread.resolve("comm")).strip());
            if (name.matches()) {
                String[] times = Files.readString(thread.resolve("schedstat")).strip().split(" ");
                all.add(new LcoreTimes(Integer.parseInt(name.group(1)),
                        Long.parseLong(times[0]), Long.parseLong(times[1])));
            }
        } catch (IOException e) {
            LOG.trace("{} has ended", thread, e);
        }
    }
}
