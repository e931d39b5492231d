// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.net.URL;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** A framework with the services that the product has there, too. */
final class TestFramework implements AutoCloseable {
    /** Shared with the tests, which stand outside. */
    private static final String SHARED = "org.osgi.service.log;version=1.5,"
            + "org.osgi.service.log.admin;version=1.0,org.osgi.service.cm;version=1.6,"
            + "org.osgi.service.component;version=1.5,"
            + "org.osgi.service.component.runtime;version=1.5,"
            + "org.osgi.service.component.runtime.dto;version=1.5,"
            + "org.osgi.util.promise;version=1.3,org.osgi.util.function;version=1.2";

    private final Framework framework;

    TestFramework(Path cache) throws BundleException {
        framework = new FrameworkFactory().newFramework(Map.of(
                Constants.FRAMEWORK_STORAGE, cache.toString(),
                Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, SHARED,
                "felix.log.level", "0",
                "ds.service.changecount.timeout", "100", // ms
                "org.osgi.service.log.admin.loglevel", "INFO"));
        framework.start();
    }

    BundleContext context() {
        return framework.getBundleContext();
    }

    Bundle startLog() throws BundleException {
        return start(org.apache.felix.log.Activator.class);
    }

    Bundle startConfigurationAdmin() throws BundleException {
        return start(org.apache.felix.cm.PersistenceManager.class);
    }

    Bundle startComponents() throws BundleException {
        return start(org.apache.felix.scr.info.ScrInfo.class);
    }

    /** Installs and starts the jar that the class is in. */
    private Bundle start(Class<?> type) throws BundleException {
        URL jar = type.getProtectionDomain().getCodeSource().getLocation();
        Bundle bundle = context().installBundle(jar.toString());
        bundle.start();
        return bundle;
    }

    @Override
    public void close() throws Exception {
        framework.stop();
        framework.waitForStop(TimeUnit.SECONDS.toMillis(20));
    }
}
