// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.osgi.framework.FrameworkUtil;

/**
 * The configuration of a run, from framework properties or parameters of the JUnit platform. Items
 * of lists are separated by blanks, because commas belong to devargs.
 *
 * @param devices  the devargs of the devices to test
 * @param absent   the devargs of devices that a bus claims but that are not present
 * @param buses    the names of buses to test, besides those of the devices
 * @param removals the ways in which devices are removed
 * @param deadline the time limit of each step
 */
public record Settings(
        List<Devargs> devices, List<Devargs> absent, List<String> buses, Set<Removal> removals,
        Duration deadline) {
    public static final String DEVICES = "hotbus.tck.devices";
    public static final String ABSENT = "hotbus.tck.absent";
    public static final String BUSES = "hotbus.tck.buses";
    public static final String REMOVALS = "hotbus.tck.removals";
    public static final String DEADLINE = "hotbus.tck.deadline";
    private static final String DEFAULT_DEADLINE_MILLIS = "10000";

    /**
     * Reads the settings.
     *
     * @throws AssertionError naming the property that is invalid
     */
    static Settings of(ExtensionContext context) {
        String millis = property(context, DEADLINE);
        return new Settings(devargs(context, DEVICES), devargs(context, ABSENT),
                words(context, BUSES).toList(), removals(context),
                Duration.ofMillis(number(millis.isEmpty() ? DEFAULT_DEADLINE_MILLIS : millis)));
    }

    private static List<Devargs> devargs(ExtensionContext context, String key) {
        List<Devargs> all = new ArrayList<>();
        for (String text : words(context, key).toList()) {
            try {
                all.add(Devargs.parse(text));
            } catch (DeviceException e) {
                throw new AssertionError(key + ": " + e.getMessage(), e);
            }
        }
        return all;
    }

    private static Set<Removal> removals(ExtensionContext context) {
        Set<Removal> ways = EnumSet.noneOf(Removal.class);
        words(context, REMOVALS).forEach(word -> ways.add(Stream.of(Removal.values())
                .filter(way -> way.word().equals(word)).findFirst()
                .orElseThrow(() -> new AssertionError("%s: there is no removal '%s', but %s"
                        .formatted(REMOVALS, word, Stream.of(Removal.values())
                                .map(Removal::word).toList())))));
        return ways.isEmpty() ? EnumSet.allOf(Removal.class) : ways;
    }

    private static long number(String millis) {
        try {
            return Long.parseUnsignedLong(millis);
        } catch (NumberFormatException e) {
            throw new AssertionError(DEADLINE + "=" + millis + ": milliseconds are needed", e);
        }
    }

    private static Stream<String> words(ExtensionContext context, String key) {
        return Stream.of(property(context, key).split("\\s+")).filter(word -> !word.isEmpty());
    }

    private static String property(ExtensionContext context, String key) {
        String framework = FrameworkUtil.getBundle(Settings.class).getBundleContext()
                .getProperty(key);
        return context.getConfigurationParameter(key)
                .orElse(framework == null ? "" : framework).strip();
    }
}
