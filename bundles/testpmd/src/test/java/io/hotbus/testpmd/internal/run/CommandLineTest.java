// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.rig.RigFramework;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;

class CommandLineTest {
    @TempDir
    private Path cache;

    private static Optional<Options> service(BundleContext context) {
        return Optional.ofNullable(context.getServiceReference(Options.class))
                .map(context::getService);
    }

    @Test
    void shouldRegisterTheOptions() throws Exception {
        try (RigFramework framework = new RigFramework(
                cache, "run", "--rxd", "64", "--exec", "show config; quit")) {
            CommandLine commandLine = new CommandLine(framework.context());

            Options options = service(framework.context()).orElseThrow();
            assertThat(options.forwarding().queues().rxDescriptors()).isEqualTo(64);
            assertThat(options.exec()).hasValue("show config; quit");
            commandLine.deactivate();
            assertThat(service(framework.context())).isEmpty();
        }
    }

    @Test
    void shouldHaveDefaultsWithoutArguments() throws Exception {
        try (RigFramework framework = new RigFramework(cache, "")) {
            new CommandLine(framework.context());
            assertThat(service(framework.context())).isPresent();
        }
    }

    @Test
    void shouldLeaveOptionsOfOtherCommandsToThem() throws Exception {
        try (RigFramework framework = new RigFramework(cache, "demo", "--cycles", "3")) {
            new CommandLine(framework.context());
            assertThat(service(framework.context())).isPresent();
        }
    }

    @Test
    void shouldLeaveThePortsOfAnotherApplicationToIt() throws Exception {
        try (RigFramework framework = new RigFramework(cache, "fwd", "--vdev", "net_sim0")) {
            new CommandLine(framework.context()).deactivate();
            assertThat(service(framework.context())).isEmpty();
        }
    }

    @Test
    void shouldRegisterNothingWhereTheyAreWrong() throws Exception {
        // The framework is not started, so that the process is not ended either.
        try (RigFramework framework = new RigFramework(cache, "run", "--cycles", "3")) {
            CommandLine commandLine = new CommandLine(framework.context());
            assertThat(service(framework.context())).isEmpty();
            commandLine.deactivate();
        }
    }

    @Test
    void shouldNotEndAProcessThatTheLauncherDidNotStart() throws Exception {
        try (RigFramework framework = new RigFramework(cache, "", "--cycles", "3")) {
            CommandLine commandLine = new CommandLine(framework.context());
            assertThat(service(framework.context())).isEmpty();
            // An application that would end the process has a thread named after its command.
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName).doesNotContain("");
            commandLine.deactivate();
        }
    }
}
