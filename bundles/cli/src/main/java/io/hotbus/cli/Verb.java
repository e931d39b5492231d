// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One form of a verb, such as {@code show port stats ID|NAME|all}. The parser, the line of help and
 * the completion are made from it. Its action returns a value and prints nothing: renderers show
 * the value as text or JSON.
 *
 * @param syntax the verb and the words after it: {@code literal}, {@code on|off} (one of these),
 *               {@code UPPER} (a parameter) and at the end {@code [UPPER]} (one that may be left
 *               out)
 * @param help   what it does, in one line; {@code {UPPER}} stands for the values of a parameter
 * @param action what it does
 * @param text   the value as text
 * @param values the values that parameters have now, for completion and help
 * @param <T>    what it returns: a record, a list, a map, or a sentence
 */
public record Verb<T>(String syntax, String help, Action<T> action, Function<T, String> text,
        Map<String, Supplier<List<String>>> values) {
    /** What a verb does. Any thread; an exception's message is shown to the user. */
    @ConsumerType
    @FunctionalInterface
    public interface Action<T> {
        /** Does it. @param words the parameters and the choices made, in order */
        T run(Words words) throws Exception;
    }

    /** Copies the values. */
    public Verb {
        values = Map.copyOf(values);
    }

    /** A verb whose value is shown by {@code text}. */
    public static <T> Verb<T> of(
            String syntax, String help, Action<T> action, Function<T, String> text) {
        return new Verb<>(syntax, help, action, text, Map.of());
    }

    /** A verb that returns a sentence: what it did. */
    public static Verb<String> of(String syntax, String help, Action<String> action) {
        return of(syntax, help, action, Function.identity());
    }

    /** The same verb, knowing the values that a parameter of its syntax has now. */
    public Verb<T> with(String parameter, Supplier<List<String>> names) {
        Map<String, Supplier<List<String>>> more = new HashMap<>(values);
        more.put(parameter, names);
        return new Verb<>(syntax, help, action, text, more);
    }
}
