// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One way to use a verb.
 *
 * @param syntax the words after the verb: {@code literal}, {@code on|off} (one of these),
 *               {@code UPPER} (a parameter) and at the end {@code [UPPER]} (one that may be left
 *               out)
 * @param help   what it does, in one line
 * @param action is given the parameters and the choices made, in order
 */
record Form(String syntax, String help, Action action) {
    /** Does it and returns the text to be shown. */
    @FunctionalInterface
    interface Action {
        String run(List<String> parameters) throws Exception;
    }

    /** The parameters, if {@code words} are of this form. */
    Optional<List<String>> match(List<String> words) {
        List<String> pattern = pattern();
        List<String> parameters = new ArrayList<>();
        if (words.size() > pattern.size()) {
            return Optional.empty();
        }
        for (int i = 0; i < pattern.size(); i++) {
            String expected = pattern.get(i);
            if (i == words.size()) {
                return expected.startsWith("[") ? Optional.of(parameters) : Optional.empty();
            }
            String word = words.get(i);
            if (isParameter(expected)) {
                parameters.add(word);
            } else if (!Arrays.asList(expected.split("\\|")).contains(word)) {
                return Optional.empty();
            } else if (expected.indexOf('|') > 0) {
                parameters.add(word);
            }
        }
        return Optional.of(parameters);
    }

    /** What may stand after {@code words}, if these begin this form: literals and parameters. */
    List<String> next(List<String> words) {
        List<String> pattern = pattern();
        if (words.size() >= pattern.size()) {
            return List.of();
        }
        for (int i = 0; i < words.size(); i++) {
            List<String> alternatives = alternatives(pattern.get(i));
            if (!isParameter(pattern.get(i)) && !alternatives.contains(words.get(i))) {
                return List.of();
            }
        }
        return alternatives(pattern.get(words.size()));
    }

    private static List<String> alternatives(String expected) {
        return Arrays.asList(expected.replaceAll("[\\[\\]]", "").split("\\|"));
    }

    boolean beginsWith(String word) {
        return !pattern().isEmpty() && pattern().get(0).equals(word);
    }

    private List<String> pattern() {
        return syntax.isEmpty() ? List.of() : List.of(syntax.split(" "));
    }

    private static boolean isParameter(String expected) {
        return !expected.equals(expected.toLowerCase(Locale.ROOT));
    }
}
