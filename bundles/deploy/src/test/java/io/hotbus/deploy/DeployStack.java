// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import io.hotbus.cli.Shell;
import io.hotbus.testkit.TestShell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;

/** Runs everything except FileInstall in a separate framework; tests report changed files. */
final class DeployStack implements AutoCloseable {
    private static final Duration SETTLE = Duration.ofMillis(100);
    static final Duration LIMIT = Duration.ofSeconds(30);

    final LogLines lines = new LogLines();
    final TestFramework framework;
    final Bundles bundles;
    final Deployments deployments;
    final Shell shell;
    private final LogBridge log;
    private final Reporter reporter;
    private final UnusedConfigurations unused;
    private final Deliveries deliveries;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();

    DeployStack(Path cache) throws Exception {
        this(cache, LIMIT);
    }

    /** @param limit how long a bundle may take to start or to stop until it hangs */
    DeployStack(Path cache, Duration limit) throws Exception {
        this(cache, limit, SETTLE);
    }

    /** @param settle how long a bundle may lack something until that is said */
    DeployStack(Path cache, Duration limit, Duration settle) throws Exception {
        framework = new TestFramework(cache);
        framework.startLog();
        framework.startConfigurationAdmin();
        framework.startComponents();
        bundles = new Bundles(framework.context(), limit);
        Diagnosis diagnosis = new Diagnosis(framework.context(), bundles);
        reporter = new Reporter(framework.context(), bundles, diagnosis, later, settle);
        unused = new UnusedConfigurations(framework.context(), later, settle);
        deliveries = new Deliveries(framework.context(), bundles, later);
        log = new LogBridge(framework.context(), reporter::follows);
        log.open();
        deployments = new Deployments(bundles);
        shell = TestShell.of(new BundleCommand(bundles, deployments, diagnosis));
    }

    /** Runs {@code bundle} with these words. */
    String run(Path folder, String... words) throws Exception {
        return shell.run(Stream.concat(Stream.of("bundle"), Stream.of(words)).toList(), folder);
    }

    /** Ends everything but the framework. Idempotent. */
    void detach() {
        if (!later.isShutdown()) {
            log.close();
            unused.close();
            deliveries.close();
            reporter.close();
            later.shutdownNow();
        }
    }

    @Override
    public void close() throws Exception {
        detach();
        framework.close();
        lines.close();
    }
}
