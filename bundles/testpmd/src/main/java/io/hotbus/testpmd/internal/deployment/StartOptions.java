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
            throw new UsageException("%s: %s (launcher/hotbus check names all errors)"
                    .formatted(first.place(), first.text()));
        }
        Options options = files.options();
        return options.withDescribed(files.queues(options.forwarding().queues()));
    }
}
