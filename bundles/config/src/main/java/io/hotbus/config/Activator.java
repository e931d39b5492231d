// SPDX-License-Identifier: Apache-2.0
package io.hotbus.config;

import java.io.File;
import java.io.IOException;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the folder that the framework property {@value #FOLDER} names. Start it after Configuration
 * Admin, before FileInstall, and before the first component that is configured. FileInstall then
 * reports the existing files before its own start returns.
 */
public final class Activator implements BundleActivator {
    /** Framework property: the folder of configuration files. FileInstall watches it. */
    static final String FOLDER = "felix.fileinstall.dir";
    private static final String ENVIRONMENT = "env:";
    /** FileInstall has an installer of its own. */
    private static final int RANKING = 100;
    private static final long PERIOD_MILLIS = 500;
    private static final Logger LOG = LoggerFactory.getLogger(Activator.class);

    private ScheduledExecutorService watch;

    @Override
    public void start(BundleContext context) throws Exception {
        String folder = context.getProperty(FOLDER);
        ServiceReference<ConfigurationAdmin> admin =
                context.getServiceReference(ConfigurationAdmin.class);
        if (folder == null || admin == null) {
            throw new IllegalStateException(folder == null ? FOLDER + " names no folder"
                    : "Configuration Admin is not there");
        }
        ConfigurationFiles files = new ConfigurationFiles(
                new File(folder).getCanonicalFile().toPath(), context.getService(admin),
                name -> name.startsWith(ENVIRONMENT)
                        ? System.getenv(name.substring(ENVIRONMENT.length()))
                        : context.getProperty(name));
        files.takeUnreadable();
        ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "config-watch");
            thread.setDaemon(true);
            return thread;
        });
        looks.scheduleWithFixedDelay(
                () -> look(files), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        watch = looks;
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(Constants.SERVICE_RANKING, RANKING);
        context.registerService(ArtifactInstaller.class, files, properties);
    }

    private static void look(ConfigurationFiles files) {
        try {
            files.takeUnreadable();
        } catch (IOException | RuntimeException e) { // the next look may go well
            LOG.debug("configuration files cannot be looked at", e);
        }
    }

    @Override
    public void stop(BundleContext context) {
        watch.shutdownNow();
    }
}
