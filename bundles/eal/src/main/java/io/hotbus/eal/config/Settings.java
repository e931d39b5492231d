// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.config;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Reads and checks the configuration of one PID, as Declarative Services passes it to a component.
 * A value may have its own type, or be text as in a {@code .cfg} file. Blanks around it are
 * ignored, and an empty value counts as not set. Any thread.
 *
 * <p>A component reads all its settings into one value, and keeps the former value if that throws:
 * {@code try { values = Settings.read(PID, properties, Values::of); } catch (SettingException e) {
 * LOG.error(...); }}. Declarative Services itself would throw at the first use of a value of the
 * wrong type, with neither the PID nor the key in the message, and would ignore a misspelt key.
 */
public final class Settings {
    /**
     * The key that a reader of configuration files sets if a file for the PID cannot be used; its
     * value says why. {@link #read} throws for such settings.
     */
    public static final String FLAW = "hotbus.flaw";

    /** The keys that Configuration Admin, its agents and Karaf add. */
    private static final Pattern FRAMEWORK =
            Pattern.compile("(\\.|service\\.|component\\.|felix\\.|osgi\\.|org\\.).*");

    private final String pid;
    private final Map<String, ?> properties;
    /** The keys that were read. */
    private final Set<String> known = new ConcurrentSkipListSet<>();

    Settings(String pid, Map<String, ?> properties) {
        this.pid = pid;
        this.properties = Map.copyOf(properties);
    }

    /** Reads all settings of a PID into one value. */
    @ConsumerType
    @FunctionalInterface
    public interface Reader<T> {
        /** @throws SettingException naming what is wrong */
        T read(Settings settings) throws SettingException;
    }

    /**
     * Returns the value that {@code reader} reads. {@code reader} must read all settings that
     * exist.
     *
     * @param properties the argument of the activate or the modified method
     * @throws SettingException a value is wrong or a key is unknown; the message names it
     */
    public static <T> T read(String pid, Map<String, ?> properties, Reader<T> reader)
            throws SettingException {
        Object flaw = properties.get(FLAW);
        if (flaw != null) {
            throw new SettingException(pid, flaw.toString());
        }
        Settings settings = new Settings(pid, properties);
        T value = reader.read(settings);
        settings.requireNoOthers();
        return value;
    }

    /**
     * A whole number.
     *
     * @param fallback the value if it is not set
     * @throws SettingException not a number, or outside {@code [min, max]}
     */
    public int number(String key, int fallback, int min, int max) throws SettingException {
        String text = text(key);
        if (text.isEmpty()) {
            return fallback;
        }
        return WholeNumber.parse(text, min, max).orElseThrow(
                () -> wrong(key, "a number from %s to %s is needed".formatted(min, max)));
    }

    /** A time in milliseconds. See {@link #number}. */
    public Duration millis(String key, int fallback, int min, int max) throws SettingException {
        return Duration.ofMillis(number(key, fallback, min, max));
    }

    /**
     * Yes or no.
     *
     * @throws SettingException neither {@code true} nor {@code false}
     */
    public boolean flag(String key, boolean fallback) throws SettingException {
        return switch (text(key)) {
            case "" -> fallback;
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(key, "true or false is needed");
        };
    }

    /**
     * A folder or file.
     *
     * @throws SettingException not an absolute path
     */
    public Path path(String key, String fallback) throws SettingException {
        String text = text(key);
        try {
            Path path = Path.of(text.isEmpty() ? fallback : text);
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException e) {
            // said below
        }
        throw wrong(key, "an absolute path is needed");
    }

    /**
     * A list of devices with their arguments, in the order given: an array, or text in which they
     * are separated by blanks. Empty if it is not set.
     *
     * @throws SettingException an entry is wrong; the message names the first one. A devarg without
     *     a value is wrong, because it is most likely a second device after a comma.
     */
    public List<Devargs> devargs(String key) throws SettingException {
        List<Devargs> devices = new ArrayList<>();
        List<String> words = values(key).flatMap(text -> Stream.of(text.split("\\s+")))
                .filter(word -> !word.isEmpty()).toList();
        for (String word : words) {
            try {
                Devargs device = Devargs.parse(word);
                if (device.args().containsValue("")) {
                    throw new SettingException(pid, key, word,
                            "each devarg needs a value, and devices are separated by blanks");
                }
                devices.add(device);
            } catch (DeviceException e) {
                throw new SettingException(pid, key, word,
                        e.getMessage() + "; devices are separated by blanks");
            }
        }
        return List.copyOf(devices);
    }

    /**
     * Creates the exception for the caller's own checks: the value of {@code key} is not what is
     * {@code wanted}.
     */
    public SettingException wrong(String key, String wanted) {
        return new SettingException(pid, key, text(key), wanted);
    }

    private void requireNoOthers() throws SettingException {
        for (String key : new TreeSet<>(properties.keySet())) {
            if (!known.contains(key) && !FRAMEWORK.matcher(key).matches()) {
                throw SettingException.unknown(pid, key, known);
            }
        }
    }

    /**
     * The value as text, without blanks around it, an array with blanks between its elements; empty
     * if it is not set.
     */
    public String text(String key) {
        return values(key).collect(Collectors.joining(" ")).strip();
    }

    /** A single value, or the elements of an array or a collection. */
    private Stream<String> values(String key) {
        known.add(key);
        Object value = properties.get(key);
        if (value == null) {
            return Stream.empty();
        }
        if (value instanceof Object[] array) {
            return Arrays.stream(array).map(String::valueOf);
        }
        return value instanceof Collection<?> several ? several.stream().map(String::valueOf)
                : Stream.of(value.toString());
    }
}
