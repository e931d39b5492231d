// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.run;

import io.hotbus.app.OutputClosedException;
import io.hotbus.eal.bus.DeviceException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;

/** Executes commands of the shell, one after the other, and shows each with its output. */
final class Script {
    /**
     * The verbs of hotbus precede the framework's commands of the same names: start, stop, help.
     */
    private static final String SCOPES = "hotbus:felix:*";
    /** The command that Gogo calls for an unknown command. It names similar verbs. */
    private static final String UNKNOWN = "default";
    private static final String ANY_VERB = "hotbus:verb";
    private static final String PROMPT = "hotbus> ";
    /** Ends a script in order; the command of that name would end the process during the script. */
    private static final String QUIT = "quit";

    private final CommandProcessor processor;
    private final PrintStream out;
    private final PrintStream err;

    /** Uses the streams of the process: System.out may lead to Gogo, which would be a loop. */
    Script(CommandProcessor processor, PrintStream out, PrintStream err) {
        this.processor = processor;
        this.out = out;
        this.err = err;
    }

    /**
     * Executes the commands of {@code script}, as {@link Commands} splits it, up to the first that
     * fails, or to {@code quit}.
     *
     * @throws DeviceException a command failed, or follows {@code quit} and so would never be
     *     executed; the message names it
     */
    void execute(String script) throws DeviceException {
        List<String> commands = Commands.of(script);
        try (CommandSession session = session()) {
            for (String command : commands) {
                if (command.equals(QUIT)) {
                    out.println(PROMPT + QUIT + "\nBye");
                    break;
                }
                execute(session, command);
            }
        }
        int quit = commands.indexOf(QUIT);
        if (quit >= 0 && quit < commands.size() - 1) {
            throw new DeviceException("'%s' follows quit, and was not executed"
                    .formatted(commands.get(quit + 1)));
        }
    }

    /**
     * Executes the commands of {@code lines} one after the other, as if they were typed, up to the
     * end or to {@code quit}. A command that fails is reported, and the next one is executed.
     */
    void executeAll(Lines lines) throws InterruptedException {
        try (CommandSession session = session()) {
            Optional<String> line;
            while ((line = lines.next()).isPresent()) {
                for (String command : Commands.of(line.get())) {
                    if (command.equals(QUIT)) {
                        out.println(PROMPT + QUIT + "\nBye");
                        return;
                    }
                    try {
                        execute(session, command);
                    } catch (DeviceException e) {
                        out.println(e.getMessage());
                    }
                }
            }
        }
    }

    private CommandSession session() {
        CommandSession session =
                processor.createSession(InputStream.nullInputStream(), out, err);
        session.put("SCOPE", SCOPES);
        session.put(CommandSession.OPTION_NO_GLOB, true);
        session.put(UNKNOWN, session.get(ANY_VERB));
        return session;
    }

    private void execute(CommandSession session, String command) throws DeviceException {
        out.println(PROMPT + command);
        try {
            Object result = session.execute(command);
            if (result != null) {
                out.println(session.format(result, Converter.INSPECT));
            }
        } catch (Exception e) {
            throw new DeviceException("'%s' failed: %s".formatted(command,
                    e.getMessage() == null ? e.toString() : e.getMessage()), e);
        }
        OutputClosedException.check(out);
    }
}
