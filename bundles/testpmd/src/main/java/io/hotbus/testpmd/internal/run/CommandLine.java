// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.run;

import io.hotbus.app.Application;
import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.internal.deployment.StartOptions;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the command line, and the files of the deployment for what it leaves out, and registers it
 * as the service {@link Options}, which all other components here need. If the command line is
 * wrong, nothing starts, and the process ends with a sentence and exit code 2. A process that the
 * launcher did not start continues, and the sentence is logged.
 *
 * <p>Unknown options of this bundle's commands are found here; {@code demo} has more options, and
 * checks them itself. For the command of another application nothing starts here, because that
 * application handles its own ports.
 */
@Component(service = {})
@Capability(namespace = "osgi.service",
        attribute = "objectClass:List<String>='io.hotbus.testpmd.Options'", effective = "active")
public final class CommandLine {
    private static final Logger LOG = LoggerFactory.getLogger(CommandLine.class);
    private static final Set<String> OWN_COMMANDS = Set.of("run", "shell", "");
    /** The demo uses this forwarder, with its own devices. */
    private static final String DEMO = "demo";

    private final Optional<ServiceRegistration<Options>> registration;
    private final Optional<Application> complaint;

    @Activate
    public CommandLine(BundleContext context) {
        String command = Arguments.command(context);
        Optional<ServiceRegistration<Options>> options = Optional.empty();
        Optional<Application> wrong = Optional.empty();
        if (OWN_COMMANDS.contains(command) || command.equals(DEMO)) {
            try {
                options = Optional.of(context.registerService(
                        Options.class, parse(command, context), null));
            } catch (UsageException e) {
                wrong = complain(command, context, e);
            }
        }
        this.registration = options;
        this.complaint = wrong;
    }

    private static Options parse(String command, BundleContext context) throws UsageException {
        Arguments arguments = Arguments.of(context);
        if (!OWN_COMMANDS.contains(command)) {
            return Options.parse(arguments);
        }
        arguments.allowOnly(Options.NAMES);
        return StartOptions.of(context, arguments);
    }

    /** Ends the process, unless the launcher did not start it. */
    private static Optional<Application> complain(
            String command, BundleContext context, UsageException e) {
        if (command.isEmpty()) {
            LOG.error("nothing is forwarded until framework property {} is put right: {}",
                    Arguments.PROPERTY, e.getMessage());
            return Optional.empty();
        }
        return Optional.of(Application.start(command, context, () -> {
            throw e;
        }));
    }

    @Deactivate
    void deactivate() {
        registration.ifPresent(ServiceRegistration::unregister);
        complaint.ifPresent(Application::close);
    }
}
