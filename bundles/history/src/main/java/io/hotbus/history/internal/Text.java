// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history.internal;

import io.hotbus.history.Fault;
import io.hotbus.history.Removal;
import io.hotbus.history.Step;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Removals and faults as text. */
final class Text {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);

    private Text() {
    }

    /** A line for each, under a heading. */
    static String removals(List<Removal> removals) {
        return removals.isEmpty() ? "No removals" : removals.stream().map(removal -> format(
                "%6d  %s  %-20s %-15s %12s %14s", removal.number(), time(removal.time()),
                removal.device(), removal.cause(), outcome(removal.detachedNanos()),
                outcome(removal.returnedNanos())))
                .collect(Collectors.joining("\n", format("%6s  %-23s  %-20s %-15s %12s %14s%n",
                        "number", "time", "device", "noticed by", "detached ms",
                        "attached ms"), ""));
    }

    private static String outcome(Optional<Long> nanos) {
        return nanos.map(Text::millis).orElse("-");
    }

    /** All about one, a line for each step. */
    static String removal(Removal removal) {
        final String ends = removal.detachedNanos().map(nanos ->
                "detached after %s ms".formatted(millis(nanos))).orElse("not detached")
                + removal.returnedNanos().map(nanos ->
                ", attached again after %s ms".formatted(millis(nanos))).orElse("");
        final String steps = removal.steps().stream().map(step -> step(step, removal))
                .collect(Collectors.joining());
        return format("removal %d: %s on bus %s at %s, noticed by %s: %s%n%12s %12s  %-14s %s%n%s",
                removal.number(), removal.device(), removal.bus(), time(removal.time()),
                removal.cause(), ends, "begin ms", "took ms", "step", "thread", steps).strip();
    }

    private static String step(Step step, Removal removal) {
        return format("%12s %12s  %-14s %s%s%s%n", millis(step.beginNanos()),
                millis(step.nanos()), step.kind(), step.thread(),
                step.name().equals(removal.device()) ? "" : "  " + step.name(),
                step.failure().map(failure -> "  failed: " + failure).orElse(""));
    }

    static String faults(List<Fault> faults) {
        return faults.isEmpty() ? "No faults" : faults.stream().map(fault -> format(
                "%6d  %s  %-28s %8d %10.1f", fault.number(), time(fault.time()), fault.window(),
                fault.thread(), fault.repairNanos() / 1e3))
                .collect(Collectors.joining("\n", format("%6s  %-23s  %-28s %8s %10s%n",
                        "number", "time", "window", "thread", "repair us"), ""));
    }

    private static String time(Instant time) {
        return TIME.format(time.atZone(ZoneId.systemDefault()));
    }

    private static String millis(long nanos) {
        return format("%.3f", nanos / 1e6);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
