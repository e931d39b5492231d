// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.cli.Shell;
import io.hotbus.cli.Verbs;
import io.hotbus.cli.internal.GogoVerbs;
import io.hotbus.cli.internal.Registry;
import org.apache.felix.service.command.Function;

/** Makes shells that know {@code help} and the verbs of a test. Any thread. */
public final class TestShell {
    private TestShell() {
    }

    /**
     * A shell with these verbs.
     *
     * @throws IllegalArgumentException a syntax is invalid
     */
    public static Shell of(Verbs... verbs) {
        final Registry shell = new Registry();
        for (Verbs some : verbs) {
            shell.add(some);
        }
        return shell;
    }

    /**
     * The Gogo command for {@code verb}, or the command for all verbs if none is given. A test that
     * calls this needs the Gogo runtime.
     */
    public static Function command(Shell shell, String... verb) {
        return GogoVerbs.command(shell, verb);
    }
}
