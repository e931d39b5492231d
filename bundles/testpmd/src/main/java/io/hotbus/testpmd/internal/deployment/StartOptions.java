// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.testpmd.Options;
import org.osgi.framework.BundleContext;

/** The options that the process starts with. */
public final class StartOptions {
    private StartOptions() {
    }

    /**
     * Those of the command line, and where it does not have them, those of the file of forwarding.
     *
     * @throws UsageException the command line or that file is wrong; the message says where
     */
    public static Options of(BundleContext context, Arguments commandLine) throws UsageException {
        Deployment files = Deployment.read(
                ConfiguredFile.all(context), commandLine, Devargs::name);
        if (!files.good()) {
            Problem first = files.problems().stream()
                    .filter(problem -> problem.file().contains(ForwardingFile.PID)).findFirst()
                    .orElseThrow();
            throw new UsageException(atStart(first));
        }
        Options options = files.options();
        return options.withDescribed(files.queues(options.forwarding().queues()));
    }

    /**
     * Returns an error of an option, which turned out after the options were read; with file and
     * line if the option is from the file of forwarding.
     */
    public static String told(BundleContext context, String error) throws UsageException {
        Arguments commandLine = Arguments.of(context);
        String key = ForwardingFile.key(error);
        Deployment files = Deployment.read(
                ConfiguredFile.all(context), commandLine, Devargs::name);
        return files.forwarding().containsKey(key) && !commandLine.has(ForwardingFile.option(key))
                ? atStart(files.error(error)) : error;
    }

    private static String atStart(Problem problem) {
        return "%s: %s (launcher/hotbus check names all errors)"
                .formatted(problem.place(), problem.text());
    }
}
