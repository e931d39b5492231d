// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

import io.hotbus.bus.vdev.VdevDriver;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.osgi.framework.Constants;

/** The drivers installed now, and which of them a device's name asks for. Any thread. */
final class VdevDrivers {
    private record Entry(String name, VdevDriver driver, int ranking, long serviceId) {
        /** Whether {@code device} is this driver's name and a number: {@code net_null0}. */
        boolean matches(String device) {
            return device.startsWith(name) && device.length() > name.length()
                    && device.chars().skip(name.length()).allMatch(VdevDrivers::isDigit);
        }
    }

    /** Of drivers {@code net_x} and {@code net_x1}, {@code net_x12} is the latter's. */
    private static final Comparator<Entry> PREFERENCE =
            Comparator.<Entry>comparingInt(entry -> entry.name().length())
                    .thenComparingInt(Entry::ranking)
                    .thenComparing(Entry::serviceId, Comparator.reverseOrder());

    private final List<Entry> entries = new CopyOnWriteArrayList<>();

    /** {@code properties} are those of the driver's service. */
    void add(VdevDriver driver, Map<String, ?> properties) {
        int ranking = properties.get(Constants.SERVICE_RANKING) instanceof Integer i ? i : 0;
        long serviceId = properties.get(Constants.SERVICE_ID) instanceof Long l ? l : 0;
        entries.add(new Entry(driver.name(), driver, ranking, serviceId));
    }

    void remove(VdevDriver driver) {
        entries.removeIf(entry -> entry.driver() == driver);
    }

    /** The driver of the device of that name. */
    Optional<VdevDriver> match(String device) {
        return entries.stream().filter(entry -> entry.matches(device)).max(PREFERENCE)
                .map(Entry::driver);
    }

    /** The drivers' names, for words. */
    String names() {
        String names = entries.stream().map(Entry::name).distinct().sorted()
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "none" : names;
    }

    /** {@code net_foo} of {@code net_foo12}. */
    static String driverPart(String device) {
        int end = device.length();
        while (end > 0 && isDigit(device.charAt(end - 1))) {
            end--;
        }
        return device.substring(0, end);
    }

    /** Whether {@code name} looks like {@code net_foo0}: words joined by underscores, a number. */
    static boolean isVdevName(String name) {
        return name.indexOf('_') > 0 && name.charAt(0) >= 'a' && name.charAt(0) <= 'z'
                && isDigit(name.charAt(name.length() - 1))
                && name.chars().allMatch(c -> c == '_' || c >= 'a' && c <= 'z' || isDigit(c));
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
