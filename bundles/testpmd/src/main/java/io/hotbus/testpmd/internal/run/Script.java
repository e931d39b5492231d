// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.run;

import io.hotbus.eal.bus.DeviceException;
import java.io.InputStream;
import java.io.PrintStream;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;

/** Executes commands of the shell, one after the other, and shows each with its output. */
final class Script {
    /** Ours come before the framework's commands of the same names: start, stop, help. */
    private static final String SCOPES = "hotbus:felix:*";

    private final CommandProcessor processor;
    private final PrintStream out;
    private final PrintStream err;

    /** The streams lead out of the process: System.out may lead to Gogo, and so in a circle. */
    Script(CommandProcessor processor, PrintStream out, PrintStream err) {
        this.processor = processor;
        this.out = out;
        this.err = err;
    }

    /**
     * Executes {@code commands}, separated by semicolons or line breaks, up to the first that
     * fails; a line that begins with # is a comment.
     *
     * @throws DeviceException naming that command and why it failed
     */
    void execute(String commands) throws DeviceException {
        try (CommandSession session =
                processor.createSession(InputStream.nullInputStream(), out, err)) {
            session.put("SCOPE", SCOPES);
            session.put(CommandSession.OPTION_NO_GLOB, true);
            for (String part : commands.split("[;\n]")) {
                String command = part.strip();
                if (!command.isEmpty() && !command.startsWith("#")) {
                    execute(session, command);
                }
            }
        }
    }

    private void execute(CommandSession session, String command) throws DeviceException {
        out.println("hotbus> " + command);
        try {
            Object result = session.execute(command);
            if (result != null) {
                out.println(session.format(result, Converter.INSPECT));
            }
            out.flush();
        } catch (Exception e) {
            throw new DeviceException("'%s' failed: %s".formatted(command,
                    e.getMessage() == null ? e.toString() : e.getMessage()), e);
        }
    }
}
