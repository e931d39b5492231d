// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.eal.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * A configuration, as Configuration Admin has it: most often from a file. Any thread.
 *
 * @param pid        its PID, or that of its factory
 * @param name       its name, where it is one of a factory's
 * @param properties its values by key
 */
record ConfiguredFile(String pid, Optional<String> name, Map<String, Object> properties) {
    private static final String FILE = "felix.fileinstall.filename";
    /** An escape that a properties file does not have. */
    private static final Pattern BAD_ESCAPE = Pattern.compile("\\\\u(?![0-9a-fA-F]{4})");

    /** All configurations, in the order of their files' names; none without Configuration Admin. */
    static List<ConfiguredFile> all(BundleContext context) {
        ServiceReference<ConfigurationAdmin> reference =
                context.getServiceReference(ConfigurationAdmin.class);
        ConfigurationAdmin admin = reference == null ? null : context.getService(reference);
        if (admin == null) {
            return List.of();
        }
        try {
            return Stream.ofNullable(admin.listConfigurations(null)).flatMap(Arrays::stream)
                    .flatMap(one -> of(one).stream())
                    .sorted(Comparator.comparing(ConfiguredFile::label)).toList();
        } catch (IOException | InvalidSyntaxException e) {
            throw new IllegalStateException("configurations cannot be read: " + e.getMessage(), e);
        } finally {
            context.ungetService(reference);
        }
    }

    private static Optional<ConfiguredFile> of(Configuration configuration) {
        try {
            Dictionary<String, Object> values = configuration.getProperties();
            if (values == null) {
                return Optional.empty();
            }
            Map<String, Object> properties = new HashMap<>();
            Collections.list(values.keys()).forEach(key -> properties.put(key, values.get(key)));
            String pid = configuration.getPid();
            String factory = configuration.getFactoryPid();
            return Optional.of(factory == null
                    ? new ConfiguredFile(pid, Optional.empty(), properties)
                    : new ConfiguredFile(factory, Optional.of(pid.substring(Math.min(
                            pid.length(), factory.length() + 1))), properties));
        } catch (IllegalStateException e) {
            return Optional.empty(); // deleted meanwhile
        }
    }

    /** The path of its file, or its PID where there is none. */
    String label() {
        return path().map(Path::toString)
                .orElse(pid + name.map(text -> "-" + text).orElse(""));
    }

    private Optional<Path> path() {
        return Optional.ofNullable(properties.get(FILE))
                .map(uri -> Path.of(URI.create(uri.toString())));
    }

    /** The error about one of its keys. */
    Problem error(String key, String text) {
        return new Problem(label(), line(key), text, false);
    }

    /** A warning about one of its keys, or about all of it where {@code key} is empty. */
    Problem warning(String key, String text) {
        return new Problem(label(), line(key), text, true);
    }

    /** Why the reader of files could not use it; the file is that of its message. */
    Optional<Problem> flaw() {
        Object told = properties.get(Settings.FLAW);
        if (told == null) {
            return Optional.empty();
        }
        String label = label();
        String text = told.toString();
        String what = text.startsWith(label + " ") ? text.substring(label.length() + 1) : text;
        return Optional.of(new Problem(label, flawLine(what), what, false));
    }

    /** Where a key is set: twice, the second time; where a placeholder or an escape is wrong. */
    private int flawLine(String what) {
        String word = what.substring(0, Math.max(0, what.indexOf(' ')));
        if (what.contains("is given twice")) {
            List<Integer> lines = lines(text -> sets(text, word));
            return lines.size() < 2 ? 0 : lines.get(1);
        }
        if (word.equals("has")) {
            String placeholder = what.replaceFirst("has (\\$\\{[^}]*}).*", "$1");
            return first(lines(text -> text.contains(placeholder)));
        }
        return word.equals("cannot")
                ? first(lines(text -> BAD_ESCAPE.matcher(text).find())) : 0;
    }

    /** The line that sets a key; 0 if none is found. */
    private int line(String key) {
        return key.isEmpty() ? 0 : first(lines(text -> sets(text, key)));
    }

    private static boolean sets(String line, String key) {
        String text = line.strip().replaceFirst("^\"", "");
        String rest = text.startsWith(key) ? text.substring(key.length()) : "x";
        return rest.isEmpty() || "=: \t\"".indexOf(rest.charAt(0)) >= 0;
    }

    private static int first(List<Integer> lines) {
        return lines.isEmpty() ? 0 : lines.get(0);
    }

    private List<Integer> lines(Predicate<String> wanted) {
        try {
            List<String> lines = path().isPresent() ? Files.readAllLines(path().get()) : List.of();
            return IntStream.range(0, lines.size()).filter(i -> wanted.test(lines.get(i)))
                    .map(i -> i + 1).boxed().toList();
        } catch (IOException e) {
            return List.of(); // it is gone, or no text: the error is told without a line
        }
    }
}
