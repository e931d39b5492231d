// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.io.File;
import java.util.Dictionary;
import java.util.Hashtable;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ConfigurationException;
import org.osgi.service.cm.ManagedServiceFactory;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has FileInstall watch a folder, and tells of its jars. What is in the folder when this begins has
 * been told of when the constructor returns; a later change is when the file was twice the same.
 *
 * <p>FileInstall itself would uninstall a bundle whose file was replaced by a broken one, and one
 * of the product with a copy of it in the folder. So it looks for files, and we decide.
 */
final class FolderWatch implements ArtifactInstaller, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    private static final String PID = "hotbus.deploy";
    private static final String FACTORY = "(&(objectClass=" + ManagedServiceFactory.class.getName()
            + ")(service.pid=org.apache.felix.fileinstall))";

    private final Deployments deployments;
    private final Dictionary<String, String> folder = new Hashtable<>();
    private final ServiceRegistration<ArtifactInstaller> installer;
    private final ServiceTracker<ManagedServiceFactory, ManagedServiceFactory> watchers;

    FolderWatch(BundleContext context, String path, Deployments deployments)
            throws InvalidSyntaxException {
        this.deployments = deployments;
        folder.put("felix.fileinstall.dir", path);
        folder.put("felix.fileinstall.filter", ".*\\.jar");
        for (String name : new String[] {"poll", "noInitialDelay", "subdir.mode", "tmpdir",
            "log.level"}) {
            String value = context.getProperty("felix.fileinstall." + name);
            if (value != null) {
                folder.put("felix.fileinstall." + name, value);
            }
        }
        this.installer = context.registerService(ArtifactInstaller.class, this, null);
        this.watchers = new ServiceTracker<>(context, FrameworkUtil.createFilter(FACTORY), null) {
            @Override
            public ManagedServiceFactory addingService(
                    ServiceReference<ManagedServiceFactory> reference) {
                ManagedServiceFactory factory = super.addingService(reference);
                watch(factory);
                return factory;
            }
        };
        watchers.open();
    }

    /** Not by a configuration: that would be read at some time, this is at once. */
    private void watch(ManagedServiceFactory factory) {
        try {
            factory.updated(PID, folder);
        } catch (ConfigurationException e) {
            LOG.error("{} is not watched: {}", folder.get("felix.fileinstall.dir"), e.getMessage());
        }
    }

    @Override
    public void close() {
        for (ManagedServiceFactory factory : watchers.getServices(new ManagedServiceFactory[0])) {
            factory.deleted(PID);
        }
        watchers.close();
        installer.unregister();
    }

    @Override
    public boolean canHandle(File file) {
        return file.getName().endsWith(".jar")
                && file.getParent().equals(folder.get("felix.fileinstall.dir"));
    }

    @Override
    public void install(File file) {
        nameThread();
        deployments.changed(file.toPath());
    }

    @Override
    public void update(File file) {
        nameThread();
        deployments.changed(file.toPath());
    }

    @Override
    public void uninstall(File file) {
        nameThread();
        deployments.removed(file.toPath());
    }

    /** FileInstall's thread bears the folder's path, which is long for a log. */
    private static void nameThread() {
        if (Thread.currentThread().getName().startsWith("fileinstall-")) {
            Thread.currentThread().setName("deploy");
        }
    }
}
