// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import io.hotbus.history.History;
import io.hotbus.history.Removal;
import io.hotbus.history.Step;
import io.hotbus.web.WebAnswer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The removals of the past, page by page, and the last faults. Any thread. */
@Component(service = Past.class)
public final class Past {
    private static final int LONGEST_PAGE = 500;
    private static final int PAGE = 50;
    private static final int FAULTS = 20;

    /**
     * A removal in the list.
     *
     * @param failure the first step that failed, and why
     */
    private record Row(long number, Instant time, String bus, String device, String cause,
            Optional<String> failure, Optional<Long> detachedNanos,
            Optional<Long> returnedNanos) {
        static Row of(Removal removal) {
            return new Row(removal.number(), removal.time(), removal.bus(), removal.device(),
                    removal.cause().name(), removal.steps().stream()
                            .filter(step -> step.failure().isPresent()).findFirst()
                            .map(step -> words(step) + " failed"),
                    removal.detachedNanos(), removal.returnedNanos());
        }
    }

    /** A step of a removal, in words. */
    private record StepRow(String what, String name, String thread, long beginNanos,
            long endNanos, Optional<String> failure) {
        static StepRow of(Step step) {
            return new StepRow(words(step), step.name(), step.thread(), step.beginNanos(),
                    step.endNanos(), step.failure());
        }
    }

    private record Page(List<Row> removals, boolean older) {
    }

    private record Whole(Row removal, List<StepRow> steps) {
    }

    private final History history;

    /** Reads from {@code history}. */
    @Activate
    public Past(@Reference History history) {
        this.history = history;
    }

    private static String words(Step step) {
        return step.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /**
     * A page of removals, the newest first.
     *
     * @param query {@code before}: only those with a lower number; {@code limit}: so many at most
     * @throws IllegalArgumentException a parameter is no number
     */
    WebAnswer page(Map<String, String> query) {
        final long before = number(query.get("before"), Long.MAX_VALUE);
        final int limit = (int) Math.max(1, Math.min(LONGEST_PAGE,
                number(query.get("limit"), PAGE)));
        final List<Removal> found = history.removals(before, limit + 1);
        return WebAnswer.of(new Page(found.stream().limit(limit).map(Row::of).toList(),
                found.size() > limit));
    }

    /** The newest faults. */
    WebAnswer faults() {
        return WebAnswer.of(Map.of("faults", history.faults(Long.MAX_VALUE, FAULTS)));
    }

    /**
     * A removal with its steps.
     *
     * @throws IllegalArgumentException {@code number} is no number
     */
    WebAnswer one(String number) {
        return history.removal(number(number, 0))
                .map(removal -> WebAnswer.of(new Whole(Row.of(removal),
                        removal.steps().stream().map(StepRow::of).toList())))
                .orElseGet(() -> WebAnswer.said(
                        WebAnswer.NOT_FOUND, "There is no removal " + number));
    }

    private static long number(String text, long fallback) {
        if (text == null) {
            return fallback;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no number", e);
        }
    }
}
