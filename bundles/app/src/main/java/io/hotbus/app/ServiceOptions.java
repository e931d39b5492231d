// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import io.hotbus.eal.config.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * The options that every command has, as a file of the PID {@value #PID} gives them to {@code run}
 * and {@code shell}: without their dashes, and {@code true} for one that has no value. They count
 * at the start, where the command line does not have them. Any thread.
 */
public final class ServiceOptions {
    /** The PID of the file. */
    public static final String PID = "io.hotbus.service";
    private static final Set<String> COMMANDS = Set.of("", "run", "shell");
    private static final Set<String> FLAGS = Set.of(Arguments.NO_TELEMETRY, Arguments.IN_MEMORY);
    private static final String DASHES = "--";
    private static final Pattern FRAMEWORK =
            Pattern.compile("(\\.|service\\.|component\\.|felix\\.|osgi\\.|org\\.).*");

    private ServiceOptions() {
    }

    /** The keys that the file may have. */
    public static Set<String> keys() {
        return Arguments.OF_EVERY_COMMAND.stream().map(name -> name.substring(DASHES.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The values of a configuration by key, without those that frameworks add. */
    public static Map<String, String> values(Map<String, ?> properties) {
        Map<String, String> values = new TreeMap<>();
        properties.forEach((key, value) -> {
            if (!FRAMEWORK.matcher(key).matches()) {
                values.put(key, (value instanceof Object[] several
                        ? Stream.of(several).map(String::valueOf).collect(Collectors.joining(" "))
                        : String.valueOf(value)).strip());
            }
        });
        return values;
    }

    /**
     * The words of a command line that say the same.
     *
     * @throws UsageException a key or a value is wrong; the message begins with the option
     */
    public static List<String> words(Map<String, String> values) throws UsageException {
        List<String> words = new ArrayList<>();
        for (Map.Entry<String, String> each : values.entrySet()) {
            String option = DASHES + each.getKey();
            String value = each.getValue();
            if (!Arguments.OF_EVERY_COMMAND.contains(option)) {
                throw new UsageException("%s: there is no such setting (there are: %s)".formatted(
                        option, String.join(", ", keys())));
            }
            if (FLAGS.contains(option) && !Set.of("true", "false", "").contains(value)) {
                throw new UsageException("%s %s: true or false is needed"
                        .formatted(option, value));
            }
            if (!FLAGS.contains(option) && !value.isEmpty()) {
                words.add(option + "=" + value);
            } else if (value.equals("true")) {
                words.add(option);
            }
        }
        Arguments.of(words).allowOnly(Set.of());
        return words;
    }

    /**
     * What the file gives to the command of this process.
     *
     * @throws UsageException the file is wrong
     */
    static List<String> of(BundleContext context) throws UsageException {
        ServiceReference<ConfigurationAdmin> reference = COMMANDS.contains(
                Arguments.command(context))
                ? context.getServiceReference(ConfigurationAdmin.class) : null;
        ConfigurationAdmin admin = reference == null ? null : context.getService(reference);
        if (admin == null) {
            return List.of();
        }
        try {
            Configuration[] found = admin.listConfigurations("(service.pid=" + PID + ")");
            return found == null ? List.of() : words(found[0].getProperties());
        } catch (IOException | InvalidSyntaxException | IllegalStateException e) {
            throw new UsageException(PID + ": cannot be read: " + e.getMessage());
        } finally {
            context.ungetService(reference);
        }
    }

    private static List<String> words(Dictionary<String, Object> properties)
            throws UsageException {
        Object flaw = properties.get(Settings.FLAW);
        if (flaw != null) {
            throw new UsageException(flaw.toString());
        }
        Map<String, Object> all = new TreeMap<>();
        Collections.list(properties.keys()).forEach(key -> all.put(key, properties.get(key)));
        try {
            return words(values(all));
        } catch (UsageException e) {
            throw new UsageException(PID + ": " + e.getMessage());
        }
    }
}
