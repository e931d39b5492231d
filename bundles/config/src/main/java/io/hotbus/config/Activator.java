// SPDX-License-Identifier: Apache-2.0
package io.hotbus.config;

import java.io.File;
import java.util.Dictionary;
import java.util.Hashtable;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Reads the folder that the framework property {@value #FOLDER} names. To be started after
 * Configuration Admin, before FileInstall, which then tells of the files there are before its own
 * start returns, and before the first component that is configured.
 */
public final class Activator implements BundleActivator {
    /** Framework property: the folder of configuration files. FileInstall watches it. */
    static final String FOLDER = "felix.fileinstall.dir";
    private static final String ENVIRONMENT = "env:";
    /** FileInstall has an installer of its own. */
    private static final int RANKING = 100;

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
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(Constants.SERVICE_RANKING, RANKING);
        context.registerService(ArtifactInstaller.class, files, properties);
    }

    @Override
    public void stop(BundleContext context) {
        // the framework takes the services back
    }
}
