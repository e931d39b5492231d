// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import io.hotbus.cli.Verbs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/**
 * Creates the reporters on bundles and configurations, the shell's command and, if the framework
 * property {@value #FOLDER} names a folder, the watch of that folder.
 */
public final class Activator implements BundleActivator {
    /** Framework property: the folder whose jars are installed. */
    static final String FOLDER = "hotbus.deploy";

    /** Framework property: the command of the launcher, which ended processes belong to. */
    private static final String COMMAND = "hotbus.command";
    private static final Duration SETTLE = Duration.ofSeconds(1);
    private static final Duration PERIOD = Duration.ofMillis(200);

    /** The steps to undo, the last first. */
    private final Deque<Runnable> undo = new ArrayDeque<>();

    @Override
    public void start(BundleContext context) throws Exception {
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "deploy-report");
            thread.setDaemon(true);
            return thread;
        });
        undo.push(later::shutdownNow);
        installBelowOwnLevel(context);
        Bundles bundles = new Bundles(context, Limits.ofACall(context));
        if (context.getProperty(COMMAND) != null) {
            ShutdownWatch shutdown = new ShutdownWatch(context, bundles,
                    Limits.ofTheShutdown(context), Runtime.getRuntime()::halt);
            undo.push(shutdown::close);
        }
        Diagnosis diagnosis = new Diagnosis(context, bundles);
        Reporter reporter = new Reporter(context, bundles, diagnosis, later, SETTLE);
        undo.push(reporter::close);
        UnusedConfigurations unused = new UnusedConfigurations(context, later, SETTLE);
        undo.push(unused::close);
        Preload preload = new Preload(context, later, SETTLE);
        undo.push(preload::close);
        if (Boolean.parseBoolean(context.getProperty(Preload.ALL))) {
            preload.loadAll();
        }
        Deliveries deliveries = new Deliveries(context, bundles, later);
        undo.push(deliveries::close);
        LogBridge log = new LogBridge(context, reporter::follows);
        log.open();
        undo.push(log::close);

        Deployments deployments = new Deployments(bundles);
        ServiceRegistration<?> command = context.registerService(Verbs.class,
                new BundleCommand(bundles, deployments, diagnosis), null);
        undo.push(command::unregister);

        String folder = context.getProperty(FOLDER);
        if (folder != null) {
            FolderWatch watch = new FolderWatch(Path.of(folder), PERIOD, deployments);
            undo.push(watch::close);
        }
    }

    /**
     * Installs bundles below this bundle's own start level. The framework's own thread would start
     * a bundle of the level that is being reached, even if another thread asks for it, and would
     * hang with the bundle.
     */
    private static void installBelowOwnLevel(BundleContext context) {
        int own = context.getBundle().adapt(BundleStartLevel.class).getStartLevel();
        if (own > 1) {
            context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkStartLevel.class)
                    .setInitialBundleStartLevel(own - 1);
        }
    }

    @Override
    public void stop(BundleContext context) {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }
}
