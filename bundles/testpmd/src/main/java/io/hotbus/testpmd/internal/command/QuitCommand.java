// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.app.Arguments;
import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** {@code quit}: stops forwarding, detaches all devices, and ends the process. */
@Component(service = Verbs.class)
public final class QuitCommand implements Verbs {
    private final Runnable exit;

    /**
     * The process ends in order: the shutdown hook stops the bundles. One that the launcher did
     * not start, such as Karaf, runs other things as well and does not end here.
     */
    @Activate
    public QuitCommand(BundleContext context) {
        this(Arguments.command(context).isEmpty() ? QuitCommand::refuse
                : () -> new Thread(() -> System.exit(0), "exit").start());
    }

    private static void refuse() {
        throw new IllegalStateException("launcher/hotbus did not start this process, which is to"
                + " be ended by its own means ('port stop all' and 'port detach all' give the"
                + " devices back)");
    }

    QuitCommand(Runnable exit) {
        this.exit = exit;
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(Verb.of("quit", "stop forwarding, detach all devices, and end", words -> {
            exit.run();
            return "Bye";
        }));
    }
}
