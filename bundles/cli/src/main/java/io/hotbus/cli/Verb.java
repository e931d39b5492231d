// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One form of a verb, such as {@code show port stats ID|NAME|all}. The form defines the parser, the
 * line of help and the completion. Its action returns a value and prints nothing; renderers show
 * the value as text or JSON.
 *
 * @param syntax the verb and the words after it: {@code literal}, {@code on|off} (one of these),
 *               {@code UPPER} (a parameter) and at the end {@code [UPPER]} (one that may be left
 *               out)
 * @param help   one line of help; {@code {UPPER}} stands for the values of a parameter
 * @param action the code to run
 * @param text   renders the value as text
 * @param values the present values of parameters, for completion and help
 * @param <T>    the type of the value: a record, a list, a map, or a sentence
 */
public record Verb<T>(String syntax, String help, Action<T> action, Function<T, String> text,
        Map<String, Supplier<List<String>>> values) {
    /** The code of a verb. Any thread; the user sees the message of an exception. */
    @ConsumerType
    @FunctionalInterface
    public interface Action<T> {
        /**
         * Runs the verb.
         *
         * @param words the parameters and the choices made, in order
         */
        T run(Words words) throws Exception;
    }

    /** Copies {@code values}. */
    public Verb {
        values = Map.copyOf(values);
    }

    /** A verb whose value is rendered by {@code text}. */
    public static <T> Verb<T> of(
            String syntax, String help, Action<T> action, Function<T, String> text) {
        return new Verb<>(syntax, help, action, text, Map.of());
    }

    /** A verb that returns a sentence about what it did. */
    public static Verb<String> of(String syntax, String help, Action<String> action) {
        return of(syntax, help, action, Function.identity());
    }

    /** A copy of this verb that also knows the present values of a parameter of its syntax. */
    public Verb<T> with(String parameter, Supplier<List<String>> names) {
        Map<String, Supplier<List<String>>> more = new HashMap<>(values);
        more.put(parameter, names);
        return new Verb<>(syntax, help, action, text, more);
    }
}
