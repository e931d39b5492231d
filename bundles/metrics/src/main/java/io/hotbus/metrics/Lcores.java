// SPDX-License-Identifier: Apache-2.0
package io.hotbus.metrics;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lcores of this process, as the kernel sees them: an lcore that polls and does not run all the
 * time is interrupted by others. Source: {@code schedstat} in proc(5). Any thread.
 *
 * @param tasks {@code /proc/self/task}
 */
record Lcores(Path tasks) {
    private static final Logger LOG = LoggerFactory.getLogger(Lcores.class);
    private static final Pattern NAME = Pattern.compile("lcore-([0-9]{1,6})");
    private static final double NANOS = 1e9;

    List<MetricSnapshot> snapshots() {
        final Family running = Family.counter("hotbus_lcore_running_seconds",
                "Time that the thread of an lcore has run on its CPU");
        final Family waiting = Family.counter("hotbus_lcore_waiting_seconds",
                "Time that the thread of an lcore could run and another thread ran");
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                add(thread, running, waiting);
            }
        } catch (IOException e) {
            LOG.debug("{}: {}", tasks, e.toString());
        }
        return List.of(running.snapshot(), waiting.snapshot());
    }

    private static void add(Path thread, Family running, Family waiting) {
        try {
            final Matcher name =
                    NAME.matcher(Files.readString(thread.resolve("comm")).strip());
            if (name.matches()) {
                final String[] times =
                        Files.readString(thread.resolve("schedstat")).strip().split(" ");
                running.add(Long.parseLong(times[0]) / NANOS, "lcore", name.group(1));
                waiting.add(Long.parseLong(times[1]) / NANOS, "lcore", name.group(1));
            }
        } catch (IOException e) {
            LOG.trace("{} has ended", thread, e);
        }
    }
}
