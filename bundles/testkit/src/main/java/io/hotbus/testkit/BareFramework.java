// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** Runs the framework on the class path, without bundles. */
public final class BareFramework implements AutoCloseable {
    private final Framework framework;

    /** Initialises the framework without starting it. No other may use the folder {@code cache}. */
    public BareFramework(Path cache, Map<String, String> properties) throws BundleException {
        final Map<String, String> all = new HashMap<>(properties);
        all.put(Constants.FRAMEWORK_STORAGE, cache.toString());
        framework = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow()
                .newFramework(all);
        framework.init();
    }

    /** The context of the system bundle. */
    public BundleContext context() {
        return framework.getBundleContext();
    }

    /** Starts the framework. */
    public void start() throws BundleException {
        framework.start();
    }

    /** Stops the framework and waits until it has stopped. */
    @Override
    public void close() throws Exception {
        framework.stop();
        framework.waitForStop(TimeUnit.SECONDS.toMillis(20));
    }
}
