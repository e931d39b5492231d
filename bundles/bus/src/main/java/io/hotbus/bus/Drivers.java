// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import io.hotbus.eal.bus.Driver;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.osgi.framework.Constants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The drivers installed now. Any thread; locked, since what is asked of a driver here may not be
 * asked any more when its removal has returned.
 */
final class Drivers<R extends Driver> {
    private static final Logger LOG = LoggerFactory.getLogger(Drivers.class);

    private record Entry<R>(R driver, int ranking, long serviceId) {
    }

    private record Match<R>(Entry<R> entry, int quality) {
    }

    private final List<Entry<R>> entries = new ArrayList<>();

    /** {@code properties} are those of the driver's service. */
    synchronized void add(R driver, Map<String, ?> properties) {
        int ranking = properties.get(Constants.SERVICE_RANKING) instanceof Integer i ? i : 0;
        long serviceId = properties.get(Constants.SERVICE_ID) instanceof Long l ? l : 0;
        entries.add(new Entry<>(driver, ranking, serviceId));
    }

    synchronized void remove(R driver) {
        entries.removeIf(entry -> entry.driver() == driver);
    }

    /** The one that matches best; of these the highest ranking, and of these the oldest. */
    synchronized Optional<R> best(ToIntFunction<R> match) {
        Comparator<Match<R>> preference = Comparator.<Match<R>>comparingInt(Match::quality)
                .thenComparingInt(m -> m.entry().ranking())
                .thenComparing(m -> m.entry().serviceId(), Comparator.reverseOrder());
        return entries.stream()
                .map(entry -> new Match<>(entry, quality(match, entry.driver())))
                .filter(m -> m.quality() > 0)
                .max(preference).map(m -> m.entry().driver());
    }

    /** A driver that cannot even say what it is for drives nothing, and keeps no other from it. */
    private static <R> int quality(ToIntFunction<R> match, R driver) {
        try {
            return match.applyAsInt(driver);
        } catch (Throwable e) {
            LOG.error("{}: does not say which devices it drives", driver, e);
            return 0;
        }
    }

    /** The drivers' names, for words. */
    synchronized String names() {
        String names = entries.stream().map(entry -> entry.driver().name()).distinct().sorted()
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "none" : names;
    }
}
