// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.cli.Shell;
import io.hotbus.cli.Verbs;
import io.hotbus.cli.internal.GogoVerbs;
import io.hotbus.cli.internal.Registry;
import org.apache.felix.service.command.Function;

/** Makes shells that know the verbs a test gives them, and {@code help}. Any thread. */
public final class TestShell {
    private TestShell() {
    }

    /** A shell of these verbs. @throws IllegalArgumentException a syntax is wrong */
    public static Shell of(Verbs... verbs) {
        final Registry shell = new Registry();
        for (Verbs some : verbs) {
            shell.add(some);
        }
        return shell;
    }

    /**
     * The command that Gogo has for a verb; without one, that for all verbs. A test that calls this
     * needs Gogo's runtime.
     */
    public static Function command(Shell shell, String... verb) {
        return GogoVerbs.command(shell, verb);
    }
}
