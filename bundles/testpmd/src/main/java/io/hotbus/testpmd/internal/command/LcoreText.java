// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.app.LcoreUsage;
import io.hotbus.app.PollTimes;
import io.hotbus.testpmd.Forwarder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How busy the lcores were since they were last shown, and how long their polls took. */
final class LcoreText {
    private static final String PREFIX = "lcore-";

    /**
     * An lcore, as {@code show lcores} returns it.
     *
     * @param busyPercent since it was last shown, or since it began
     */
    record Look(String lcore, double busyPercent, long polls, long p50Nanos, long p999Nanos,
            long maxNanos) {
        private String text() {
            return String.format(Locale.ROOT, "%s: busy %.1f %%, "
                    + "%d polls, p50 %.1f us, p99.9 %.1f us, longest %.1f us", lcore,
                    busyPercent, polls, p50Nanos / 1e3, p999Nanos / 1e3, maxNanos / 1e3);
        }
    }

    private final Forwarder forwarder;
    /** The usage of each lcore when it was last shown. Guarded by this. */
    private final Map<String, LcoreUsage> last = new HashMap<>();

    LcoreText(Forwarder forwarder) {
        this.forwarder = forwarder;
    }

    /** The present lcores. Any thread. */
    synchronized List<Look> look() {
        final Map<String, LcoreUsage> now = forwarder.lcoreUsages().stream()
                .collect(Collectors.toMap(usage -> PREFIX + usage.lcore(), usage -> usage));
        final List<Look> looks = new ArrayList<>();
        for (PollTimes times : forwarder.pollTimes()) {
            looks.add(new Look(times.lcore(), busy(last.get(times.lcore()),
                    now.get(times.lcore())), times.polls(), times.p50Nanos(),
                    times.p999Nanos(), times.maxNanos()));
        }
        last.clear();
        last.putAll(now);
        return looks;
    }

    /** In percent. Counts from the begin where {@code before} is null or of an earlier lcore. */
    private static double busy(LcoreUsage before, LcoreUsage now) {
        if (now == null) {
            return 0; // it began just now
        }
        final boolean goesOn = before != null && before.totalNanos() < now.totalNanos()
                && before.busyNanos() <= now.busyNanos();
        final long busy = now.busyNanos() - (goesOn ? before.busyNanos() : 0);
        final long total = now.totalNanos() - (goesOn ? before.totalNanos() : 0);
        return 100.0 * busy / Math.max(1, total);
    }

    /** A line for each. */
    static String of(List<Look> lcores) {
        return lcores.isEmpty() ? "No lcores yet: start forwarding"
                : lcores.stream().map(Look::text).collect(Collectors.joining("\n"));
    }
}
