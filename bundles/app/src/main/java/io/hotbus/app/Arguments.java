// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import io.hotbus.eal.config.WholeNumber;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;

/**
 * The arguments after a command of the launcher: options, as {@code --name value},
 * {@code --name=value} or {@code --name} alone. Immutable.
 *
 * <p>The launcher passes them in the framework property {@value #PROPERTY}, joined by the character
 * U+001F, and the command itself in {@value #COMMAND}. Each command has its own options;
 * {@link #allowOnly} rejects options that the command does not know.
 */
public final class Arguments {
    /** Framework property: the launcher's command, {@code demo}, {@code run} or {@code shell}. */
    public static final String COMMAND = "hotbus.command";
    /** Framework property: the arguments of the command. */
    public static final String PROPERTY = "hotbus.args";
    /** The option of every command: the name of the folder of sockets, {@code rte} without it. */
    public static final String FILE_PREFIX = "--file-prefix";
    /** The option of every command: no telemetry. */
    public static final String NO_TELEMETRY = "--no-telemetry";
    /** The option of every command: no shared files in DPDK; there are none in any case. */
    public static final String IN_MEMORY = "--in-memory";
    /** The option of every command: where metrics are served, {@code [ADDRESS:]PORT}. */
    public static final String METRICS = "--metrics";
    /** The option of every command: where the web page is served, {@code [ADDRESS:]PORT}. */
    public static final String WEB = "--web";

    private static final String SEPARATOR = "\u001f";
    private static final int MAX_PORT = 65535;
    private static final String DEFAULT_PREFIX = "rte";
    static final Set<String> OF_EVERY_COMMAND =
            Set.of(FILE_PREFIX, NO_TELEMETRY, IN_MEMORY, METRICS, WEB);

    /** One option; {@code value} is empty if the option stood alone. */
    private record Option(String name, Optional<String> value) {
    }

    /** In the order given. */
    private final List<Option> options;

    private Arguments(List<Option> options) {
        this.options = List.copyOf(options);
    }

    /** The launcher's command; empty if something other than the launcher started the framework. */
    public static String command(BundleContext context) {
        String command = context.getProperty(COMMAND);
        return command == null ? "" : command;
    }

    /**
     * The arguments in the framework properties, and what the file of {@link ServiceOptions} has
     * beside them.
     *
     * @throws UsageException naming a word that belongs to no option, or what is wrong in the file
     */
    public static Arguments of(BundleContext context) throws UsageException {
        String joined = context.getProperty(PROPERTY);
        Arguments given = of(joined == null || joined.isEmpty() ? List.of()
                : Arrays.asList(joined.split(SEPARATOR, -1)));
        List<Option> all = new ArrayList<>(given.options);
        of(ServiceOptions.of(context)).options.stream()
                .filter(option -> !given.has(option.name())).forEach(all::add);
        return new Arguments(all);
    }

    /**
     * The arguments in {@code words}.
     *
     * @throws UsageException naming a word that belongs to no option
     */
    public static Arguments of(List<String> words) throws UsageException {
        List<Option> options = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!isOption(word)) {
                throw new UsageException("'" + word + "' is not an option (they begin with --)");
            }
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            Optional<String> value = Optional.empty();
            if (equals >= 0) {
                value = Optional.of(word.substring(equals + 1));
            } else if (i + 1 < words.size() && !isOption(words.get(i + 1))) {
                value = Optional.of(words.get(++i));
            }
            options.add(new Option(name, value));
        }
        return new Arguments(options);
    }

    private static boolean isOption(String word) {
        return word.length() > 1 && word.charAt(0) == '-';
    }

    /**
     * Rejects options that the command does not know, and wrong values of those that every command
     * has: {@value #FILE_PREFIX}, {@value #NO_TELEMETRY}, {@value #IN_MEMORY}, {@value #METRICS},
     * {@value #WEB}.
     *
     * @throws UsageException naming the first option that is not in {@code known}, or the value
     */
    public void allowOnly(Set<String> known) throws UsageException {
        for (Option option : options) {
            if (!known.contains(option.name()) && !OF_EVERY_COMMAND.contains(option.name())) {
                throw new UsageException("unknown option '" + option.name() + "' (known: "
                        + String.join(" ", new TreeSet<>(known)) + ")");
            }
        }
        flag(NO_TELEMETRY);
        flag(IN_MEMORY);
        filePrefix();
        address(METRICS);
        address(WEB);
    }

    /**
     * Where something is to be served, of an option {@code [ADDRESS:]PORT}: on the loopback
     * interface, if no address is given; empty if the option was not given.
     *
     * @throws UsageException it is no address and no port
     */
    public Optional<InetSocketAddress> address(String name) throws UsageException {
        Optional<String> given = value(name);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        int colon = given.get().lastIndexOf(':');
        String address = given.get().substring(0, Math.max(0, colon));
        try {
            int port = WholeNumber.parse(given.get().substring(colon + 1), 1, MAX_PORT)
                    .orElseThrow(() -> new UsageException("%s %s: a port from 1 to %s is needed"
                            .formatted(name, given.get(), MAX_PORT)));
            return Optional.of(new InetSocketAddress(colon < 0 ? InetAddress.getLoopbackAddress()
                    : InetAddress.getByName(address), port));
        } catch (UnknownHostException e) {
            throw new UsageException("%s %s: '%s' is no address of this machine"
                    .formatted(name, given.get(), address));
        }
    }

    /**
     * The name of the folder that sockets for other programs are in. Source: DPDK {@code
     * --file-prefix}.
     *
     * @throws UsageException it is no name of a folder
     */
    public String filePrefix() throws UsageException {
        String prefix = value(FILE_PREFIX).orElse(DEFAULT_PREFIX);
        if (prefix.equals(".") || prefix.equals("..") || prefix.contains("/")
                || prefix.contains("\0")) {
            throw new UsageException(
                    FILE_PREFIX + " " + prefix + ": a name without '/' is needed");
        }
        return prefix;
    }

    /** The options with such names, and their values, as words of a command line. */
    public List<String> words(Predicate<String> names) {
        return options.stream().filter(option -> names.test(option.name()))
                .flatMap(option -> Stream.concat(
                        Stream.of(option.name()), option.value().stream())).toList();
    }

    /** Whether the option was given, with or without a value. */
    public boolean has(String name) {
        return options.stream().anyMatch(option -> option.name().equals(name));
    }

    /**
     * Whether the option was given.
     *
     * @throws UsageException it was given a value
     */
    public boolean flag(String name) throws UsageException {
        for (Option option : options) {
            if (option.name().equals(name) && option.value().isPresent()) {
                throw new UsageException(name + " takes no value, but '" + option.value().get()
                        + "' follows it");
            }
        }
        return has(name);
    }

    /**
     * The option's value; empty if the option was not given.
     *
     * @throws UsageException the option was given without a value, or twice
     */
    public Optional<String> value(String name) throws UsageException {
        List<String> values = values(name);
        if (values.size() > 1) {
            throw new UsageException(name + " is given twice");
        }
        return values.stream().findFirst();
    }

    /**
     * The values of an option that may be repeated.
     *
     * @throws UsageException the option was given without a value
     */
    public List<String> values(String name) throws UsageException {
        return values(name, name);
    }

    /**
     * The values of an option that may be repeated and has two names, in the order given.
     *
     * @throws UsageException the option was given without a value
     */
    public List<String> values(String name, String otherName) throws UsageException {
        List<String> values = new ArrayList<>();
        for (Option option : options) {
            if (option.name().equals(name) || option.name().equals(otherName)) {
                values.add(option.value().filter(v -> !v.isEmpty()).orElseThrow(
                        () -> new UsageException(option.name() + " needs a value")));
            }
        }
        return List.copyOf(values);
    }

    /**
     * The option's value as a number, or {@code fallback} if the option was not given.
     *
     * @throws UsageException the value is not a number, or is outside {@code [min, max]}
     */
    public int number(String name, int fallback, int min, int max) throws UsageException {
        Optional<String> value = value(name);
        if (value.isEmpty()) {
            return fallback;
        }
        return WholeNumber.parse(value.get(), min, max).orElseThrow(() -> new UsageException(
                "%s %s: a number from %s to %s is needed"
                        .formatted(name, value.get(), min, max)));
    }
}
