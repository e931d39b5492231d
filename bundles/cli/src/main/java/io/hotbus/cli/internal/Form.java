// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli.internal;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Words;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A verb with its parsed syntax: matches words, completes them, and runs the verb. Immutable. */
final class Form {
    private record Step(List<String> alternatives, boolean parameter, boolean optional) {
        static Step of(String word) {
            List<String> alternatives = Arrays.asList(word.replaceAll("[\\[\\]]", "").split("\\|"));
            return new Step(alternatives, alternatives.stream().anyMatch(Form::isParameter),
                    word.startsWith("["));
        }

        boolean takes(String word) {
            return parameter || alternatives.contains(word);
        }
    }

    private final Verb<?> verb;
    private final List<Step> steps;

    /**
     * Parses the syntax.
     *
     * @throws IllegalArgumentException it does not begin with a literal
     */
    Form(Verb<?> verb) {
        this.verb = verb;
        this.steps = Stream.of(verb.syntax().strip().split(" +")).map(Step::of).toList();
        Step first = steps.get(0);
        if (first.parameter || first.alternatives.size() != 1 || first.optional
                || first.alternatives.get(0).isEmpty()) {
            throw new IllegalArgumentException(
                    "'%s' does not begin with a verb".formatted(verb.syntax()));
        }
    }

    String word() {
        return steps.get(0).alternatives.get(0);
    }

    String syntax() {
        return verb.syntax();
    }

    /** The line of help, with the present values of the parameters. */
    String help() {
        String help = verb.help();
        for (Map.Entry<String, Supplier<List<String>>> value : verb.values().entrySet()) {
            String place = "{" + value.getKey() + "}";
            if (help.contains(place)) {
                help = help.replace(place, String.join(", ", value.getValue().get()));
            }
        }
        return help;
    }

    /** The parameters and choices, if {@code words} match this form. */
    Optional<List<String>> match(List<String> words) {
        if (words.size() > steps.size() || words.size() < steps.size()
                && !steps.get(words.size()).optional) {
            return Optional.empty();
        }
        List<String> given = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            Step step = steps.get(i);
            if (!step.takes(words.get(i))) {
                return Optional.empty();
            }
            if (step.parameter || step.alternatives.size() > 1) {
                given.add(words.get(i));
            }
        }
        return Optional.of(given);
    }

    /** The number of words, from the first on, that match this form. */
    int common(List<String> words) {
        int i = 0;
        while (i < words.size() && i < steps.size() && steps.get(i).takes(words.get(i))) {
            i++;
        }
        return i;
    }

    /** The words that may follow {@code words}. */
    Stream<String> next(List<String> words) {
        if (words.size() >= steps.size() || !mayBegin(words)) {
            return Stream.empty();
        }
        return steps.get(words.size()).alternatives.stream().flatMap(word -> {
            Supplier<List<String>> values = verb.values().get(word);
            return values != null ? values.get().stream()
                    : isParameter(word) ? Stream.empty() : Stream.of(word);
        });
    }

    /** Whether the words match, and those for parameters are values that these have at present. */
    private boolean mayBegin(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            List<String> possible = steps.get(i).alternatives;
            String word = words.get(i);
            boolean found = possible.stream().anyMatch(one -> !isParameter(one)
                    ? one.equals(word)
                    : !verb.values().containsKey(one)
                            || verb.values().get(one).get().contains(word));
            if (!found) {
                return false;
            }
        }
        return true;
    }

    String text(List<String> given, Path folder) throws Exception {
        return text(verb, new Words(given, folder));
    }

    private static <T> String text(Verb<T> verb, Words words) throws Exception {
        return verb.text().apply(verb.action().run(words));
    }

    Object value(List<String> given, Path folder) throws Exception {
        return verb.action().run(new Words(given, folder));
    }

    private static boolean isParameter(String word) {
        return !word.equals(word.toLowerCase(Locale.ROOT));
    }
}
