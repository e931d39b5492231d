// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.app.Arguments;
import io.hotbus.app.ServiceOptions;
import io.hotbus.app.UsageException;
import io.hotbus.cli.Similar;
import io.hotbus.testpmd.Options;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the file {@value #PID}: options of the command line, without their dashes. The parser of
 * the command line reads the values.
 */
final class ForwardingFile {
    static final String PID = "io.hotbus.forwarding";
    /** What has no meaning in a file: devices have files of their own, scripts are for once. */
    private static final Set<String> NOT_IN_FILES = Set.of("-a", "--allow", "--vdev", "--exec",
            "--cmdline-file", "-i", "--interactive", "--", "--hot-plug", "--no-flush-rx",
            "--numa", "--disable-link-check", "--no-lsc-interrupt");
    private static final Set<String> FLAGS = Set.of("auto-start", "disable-device-start",
            "flush-rx", "no-hot-plug", "no-numa", "no-reattach", "no-rmv-interrupt",
            "txonly-multi-flow");
    /** May be given several times, with blanks between the values. */
    private static final Set<String> LISTS = Set.of("eth-peer");
    /** What counts only when the process starts. */
    private static final Set<String> AT_START = Set.of("auto-start", "disable-device-start",
            "event-log", "mbuf-size", "no-hot-plug", "no-numa", "no-rmv-interrupt",
            "stats-period", "total-num-mbufs", "tx-first", "max-pkt-len");
    private static final String LCORES = "lcores";
    /** The option at the beginning of an error of the command line. */
    private static final Pattern OPTION = Pattern.compile("--?([a-z-]+)(.*)", Pattern.DOTALL);

    private ForwardingFile() {
    }

    /** The keys that the file may have. */
    static Set<String> keys() {
        return Options.NAMES.stream().filter(name -> !NOT_IN_FILES.contains(name))
                .map(name -> name.equals("-l") ? LCORES : name.substring(2))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Those of {@code keys} that count only when the process starts. */
    static Set<String> atStart(Collection<String> keys) {
        return keys.stream().filter(AT_START::contains)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The values of the file by key, without those that frameworks add. */
    static Map<String, String> values(ConfiguredFile file) {
        return ServiceOptions.values(file.properties());
    }

    /**
     * The options of the command line, and those of the file that the command line does not have;
     * without those that are wrong.
     *
     * @param errors is told of every error of the file
     * @throws UsageException the command line itself is wrong
     */
    static Options read(ConfiguredFile file, Arguments commandLine,
            Consumer<Problem> errors) throws UsageException {
        Options.parse(commandLine);
        Map<String, String> values = values(file);
        for (String key : List.copyOf(values.keySet())) {
            Optional<String> wrong = wrong(key, values.get(key));
            if (wrong.isPresent()) {
                errors.accept(file.error(key, wrong.get()));
                values.remove(key);
            }
        }
        while (true) {
            try {
                return Options.parse(merged(commandLine, values));
            } catch (UsageException e) {
                String key = key(e.getMessage());
                errors.accept(file.error(key, text(e.getMessage(), key)));
                if (values.remove(key) == null) {
                    values.clear(); // no single key is wrong
                }
            }
        }
    }

    private static Optional<String> wrong(String key, String value) {
        if (!keys().contains(key)) {
            List<String> similar = Similar.closest(key, keys());
            return Optional.of("%s: there is no such setting (%s)".formatted(key,
                    similar.isEmpty() ? "there are: " + String.join(", ", keys())
                            : "did you mean " + String.join(" or ", similar) + "?"));
        }
        return FLAGS.contains(key) && !Set.of("true", "false", "").contains(value)
                ? Optional.of("%s=%s: true or false is needed".formatted(key, value))
                : Optional.empty();
    }

    private static Arguments merged(Arguments commandLine, Map<String, String> values)
            throws UsageException {
        List<String> words = new ArrayList<>(commandLine.words(name -> true));
        values.forEach((key, value) -> {
            String option = option(key);
            if (value.isEmpty() || commandLine.has(option)) {
                return;
            }
            if (FLAGS.contains(key)) {
                if (value.equals("true")) {
                    words.add(option);
                }
            } else if (LISTS.contains(key)) {
                Stream.of(value.split("\\s+")).forEach(one -> words.add(option + "=" + one));
            } else {
                words.add(option + "=" + value);
            }
        });
        return Arguments.of(words);
    }

    /** The option of the command line that does what the key does. */
    static String option(String key) {
        return key.equals(LCORES) ? "-l" : "--" + key;
    }

    /** The key that an error of the command line's parser is about; empty if it is none. */
    static String key(String message) {
        Matcher matcher = OPTION.matcher(message);
        return !matcher.matches() ? "" : matcher.group(1).equals("l") ? LCORES : matcher.group(1);
    }

    /** The message as a file has it: {@code --rxq 99: ...} becomes {@code rxq=99: ...}. */
    static String text(String message, String key) {
        Matcher matcher = OPTION.matcher(message);
        return matcher.matches() ? key + matcher.group(2).replaceFirst("^ (?=\\S*:)", "=")
                : message;
    }
}
