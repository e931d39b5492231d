// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import io.hotbus.app.Application;
import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * Runs the launcher's command {@code password}: reads a password, from a terminal without showing
 * it, and prints the line for {@code io.hotbus.web.cfg}.
 */
@Component(service = {})
public final class PasswordCommand {
    private static final String COMMAND = "password";
    private static final int SHORTEST = 8;

    private final BundleContext context;
    private final Optional<Application> application;

    /** Starts the command if the launcher was given it. */
    @Activate
    public PasswordCommand(BundleContext context) {
        this.context = context;
        this.application = Arguments.command(context).equals(COMMAND)
                ? Optional.of(Application.start(COMMAND, context, this::run)) : Optional.empty();
    }

    @Deactivate
    void deactivate() {
        application.ifPresent(Application::close);
    }

    private OptionalInt run() throws UsageException, IOException {
        Arguments.of(context).allowOnly(Set.of());
        final char[] password = read();
        if (password.length < SHORTEST) {
            throw new IOException("the password has less than " + SHORTEST + " characters");
        }
        System.out.println("password = " + Passwords.of(password, Passwords.ITERATIONS).kept());
        return OptionalInt.of(0);
    }

    private static char[] read() throws IOException {
        final Console console = System.console();
        if (console == null || !isTerminal()) {
            final String line = new BufferedReader(
                    new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            return line == null ? new char[0] : line.toCharArray();
        }
        final char[] first = console.readPassword("Password: ");
        final char[] second = console.readPassword("Again: ");
        if (!Arrays.equals(first, second)) {
            throw new IOException("the two passwords differ");
        }
        return first == null ? new char[0] : first;
    }

    /** Since JDK 22 there is a console without a terminal, too. */
    private static boolean isTerminal() {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(System.console());
        } catch (ReflectiveOperationException e) {
            return true; // an older JDK: a console is a terminal
        }
    }
}
