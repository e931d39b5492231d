// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;

/**
 * A verb of the shell. It says once how it may be used ({@link #forms}); arguments are matched
 * against that, {@code help} and the sentence on wrong arguments are made from it.
 *
 * <p>Implements Gogo's {@link Function} itself, so that the words arrive as they were typed, and a
 * verb may be called {@code wait}. Prints its text: of what the verbs of a line return, the shell
 * would show but the last. Any thread.
 */
public abstract class Command implements Function {
    /** Service property: our scope among Gogo's commands. */
    static final String SCOPE = "osgi.command.scope=hotbus";
    /** Service property, to be followed by the verb. */
    static final String FUNCTION = "osgi.command.function=";

    /** The word it is called by. */
    abstract String verb();

    /** The ways it may be used, in the order of help. */
    abstract List<Form> forms();

    /** What went wrong, as the shell prints it: one sentence, without the type of an exception. */
    private static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;

        Failure(Exception cause) {
            super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        }

        @Override
        public String toString() {
            return getMessage();
        }
    }

    @Override
    public final Object execute(CommandSession session, List<Object> arguments) throws Exception {
        try {
            System.out.println(run(arguments.stream().map(String::valueOf).toList()));
            return null;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new Failure(e);
        }
    }

    /** @throws IllegalArgumentException listing the ways it may be used */
    final String run(List<String> words) throws Exception {
        for (Form form : forms()) {
            List<String> parameters = form.match(words).orElse(null);
            if (parameters != null) {
                return form.action().run(parameters);
            }
        }
        throw new IllegalArgumentException(usage(words));
    }

    private String usage(List<String> words) {
        List<Form> near = forms().stream()
                .filter(form -> !words.isEmpty() && form.beginsWith(words.get(0))).toList();
        String valid = (near.isEmpty() ? forms() : near).stream()
                .map(this::line).collect(Collectors.joining(", "));
        return "'%s' is not understood, valid: %s"
                .formatted(String.join(" ", line(verb(), String.join(" ", words))), valid);
    }

    /** As it is typed: {@code port attach DEVARGS}. */
    final String line(Form form) {
        return line(verb(), form.syntax());
    }

    private static String line(String verb, String rest) {
        return rest.isEmpty() ? verb : verb + " " + rest;
    }
}
