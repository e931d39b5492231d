// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli.internal;

import io.hotbus.cli.Shell;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/**
 * Registers a Gogo command for every verb. The commands are Gogo {@link Function}s, so that words
 * arrive as they were typed, and a verb may be called {@code wait}. The command {@code verb WORDS}
 * runs any verb. Our sessions also use this command as their {@code default}, which Gogo calls for
 * an unknown command; the answer names similar verbs.
 */
public final class GogoVerbs {
    /** A failure that the shell prints as one sentence, without the type of an exception. */
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

    private static final String SCOPE = "hotbus";
    /** The session variable in which Gogo's {@code complete} keeps its completions. */
    private static final String COMPLETIONS = ".completions";

    private final BundleContext context;
    private final Shell shell;
    private final Map<String, ServiceRegistration<Function>> commands = new HashMap<>();

    GogoVerbs(BundleContext context, Shell shell) {
        this.context = context;
        this.shell = shell;
        register("new-verbs", (session, arguments) -> newVerbs(shell, session));
        register("verb", command(shell));
        register("candidates", (session, arguments) -> candidates(shell, arguments));
    }

    /** Registers the commands of new verbs, and unregisters those of verbs that are gone. */
    synchronized void update() {
        List<String> verbs = shell.verbs();
        new ArrayList<>(commands.keySet()).stream().filter(verb -> !verbs.contains(verb))
                .forEach(verb -> commands.remove(verb).unregister());
        verbs.forEach(verb -> commands.computeIfAbsent(verb, v -> register(v, command(shell, v))));
    }

    private ServiceRegistration<Function> register(String name, Function function) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("osgi.command.scope", SCOPE);
        properties.put("osgi.command.function", name);
        return context.registerService(Function.class, function, properties);
    }

    /**
     * Makes a command that runs {@code verb}, or without one the verb that its arguments begin
     * with. The command prints the result itself, because the shell would show only the result of
     * the last verb of a line.
     */
    public static Function command(Shell shell, String... verb) {
        return (session, arguments) -> {
            List<String> words = new ArrayList<>(List.of(verb));
            arguments.forEach(argument -> words.add(String.valueOf(argument)));
            try {
                System.out.println(shell.run(words, folder(session)));
                return null;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                throw new Failure(e);
            }
        };
    }

    /** {@code new-verbs}: the verbs that the session's {@code complete} does not know yet. */
    private static List<String> newVerbs(Shell shell, CommandSession session) {
        Set<?> known = session.get(COMPLETIONS) instanceof Map<?, ?> completions
                ? completions.keySet() : Set.of();
        return shell.verbs().stream().filter(verb -> !known.contains(SCOPE + ":" + verb)).toList();
    }

    private static Path folder(CommandSession session) {
        return session.currentDir() == null ? Path.of("") : session.currentDir();
    }

    /** {@code candidates WORDS INDEX}: the words that may stand at that place of a line. */
    private static List<String> candidates(Shell shell, List<Object> arguments) {
        List<String> words = new ArrayList<>();
        ((List<?>) arguments.get(0)).forEach(word -> words.add(String.valueOf(word)));
        String verb = words.get(0);
        words.set(0, verb.substring(verb.indexOf(':') + 1));
        return shell.candidates(words.subList(0, ((Number) arguments.get(1)).intValue()));
    }
}
