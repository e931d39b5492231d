// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Driver;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The drivers that are installed now. Any thread. All methods lock: no driver may be called here
 * after its removal has returned.
 */
final class Drivers<R extends Driver> {
    private static final Logger LOG = LoggerFactory.getLogger(Drivers.class);

    private record Entry<R>(R driver, String name, int ranking, long serviceId) {
        /** Compares drivers that match equally well: the highest ranking wins, then the oldest. */
        static <R> Comparator<Entry<R>> preference() {
            return Comparator.<Entry<R>>comparingInt(Entry::ranking)
                    .thenComparing(Entry::serviceId, Comparator.reverseOrder());
        }

        /** The bundle of the driver, its ranking and its service id. */
        @Override
        public String toString() {
            Bundle bundle = FrameworkUtil.getBundle(driver.getClass());
            return "%s (service %s, ranking %s)".formatted(bundle == null
                    ? driver.getClass().getName()
                    : bundle.getSymbolicName() + " " + bundle.getVersion(), serviceId, ranking);
        }
    }

    private record Match<R>(Entry<R> entry, int quality) {
    }

    private final String bus;
    private final List<Entry<R>> entries = new ArrayList<>();

    /** {@code bus}: the name of the bus, for the log. */
    Drivers(String bus) {
        this.bus = bus;
    }

    /** {@code properties} are those of the driver's service. */
    synchronized void add(R driver, Map<String, ?> properties) {
        int ranking = properties.get(Constants.SERVICE_RANKING) instanceof Integer i ? i : 0;
        long serviceId = properties.get(Constants.SERVICE_ID) instanceof Long l ? l : 0;
        Entry<R> added = new Entry<>(driver, nameOf(driver), ranking, serviceId);
        entries.stream().filter(entry -> entry.name().equals(added.name()))
                .max(Entry.preference()).ifPresent(other -> warnOfTwo(added, other));
        entries.add(added);
    }

    private static String nameOf(Driver driver) {
        try {
            return String.valueOf(driver.name());
        } catch (Throwable e) {
            LOG.error("{}: does not say its name", driver.getClass().getName(), e);
            return driver.getClass().getName();
        }
    }

    private void warnOfTwo(Entry<R> added, Entry<R> other) {
        boolean addedDrives = Entry.<R>preference().compare(added, other) > 0;
        Entry<R> first = addedDrives ? added : other;
        Entry<R> second = addedDrives ? other : added;
        LOG.warn("{}: two drivers have the name {}: that of {} gets what is attached from now on, "
                + "that of {} takes over when it goes", bus, added.name(), first, second);
    }

    synchronized void remove(R driver) {
        entries.removeIf(entry -> entry.driver() == driver);
    }

    /** Returns the driver that matches best: of several, the highest ranking, then the oldest. */
    synchronized Optional<R> best(ToIntFunction<R> match) {
        Comparator<Match<R>> preference = Comparator.<Match<R>>comparingInt(Match::quality)
                .thenComparing(Match::entry, Entry.preference());
        return entries.stream()
                .map(entry -> new Match<>(entry, quality(match, entry.driver())))
                .filter(m -> m.quality() > 0)
                .max(preference).map(m -> m.entry().driver());
    }

    /**
     * Returns what the driver that matches best finds wrong in {@code devargs}, or, if no driver
     * matches, {@code missing}.
     */
    synchronized Optional<String> refusal(ToIntFunction<R> match, Devargs devargs,
            Supplier<String> missing) {
        Optional<R> driver = best(match);
        if (driver.isEmpty()) {
            return Optional.of(missing.get());
        }
        try {
            driver.get().checkDevargs(devargs);
            return Optional.empty();
        } catch (DeviceException e) {
            return Optional.of(e.getMessage());
        } catch (Throwable e) {
            LOG.error("{}: does not say which devargs it takes", driver.get(), e);
            return Optional.empty();
        }
    }

    /** Rates a driver. A driver that throws does not match, and does not affect other drivers. */
    private static <R> int quality(ToIntFunction<R> match, R driver) {
        try {
            return match.applyAsInt(driver);
        } catch (Throwable e) {
            LOG.error("{}: does not say which devices it drives", driver, e);
            return 0;
        }
    }

    /** The names of the drivers, for messages. */
    synchronized String names() {
        String names = entries.stream().map(Entry::name).distinct().sorted()
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "none" : names;
    }
}
