// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.rig;

import io.hotbus.testpmd.Arguments;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** A framework without bundles, as the launcher starts one. */
public final class RigFramework implements AutoCloseable {
    private final Framework framework;

    /** Initialised, not started; {@code cache} is a folder of its own. */
    public RigFramework(Path cache, String command, String... arguments) throws BundleException {
        framework = new FrameworkFactory().newFramework(Map.of(
                Constants.FRAMEWORK_STORAGE, cache.toString(),
                Arguments.COMMAND, command,
                Arguments.PROPERTY, String.join("\u001f", arguments)));
        framework.init();
    }

    public BundleContext context() {
        return framework.getBundleContext();
    }

    public void start() throws BundleException {
        framework.start();
    }

    @Override
    public void close() throws Exception {
        framework.stop();
        framework.waitForStop(TimeUnit.SECONDS.toMillis(20));
    }
}
