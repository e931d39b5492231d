// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.rig;

import io.hotbus.app.Arguments;
import io.hotbus.testkit.BareFramework;
import java.nio.file.Path;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** A framework without bundles, as the launcher starts one. */
public final class RigFramework implements AutoCloseable {
    private final BareFramework framework;

    /** Initialises the framework without starting it. {@code cache} is a folder for it alone. */
    public RigFramework(Path cache, String command, String... arguments) throws BundleException {
        framework = new BareFramework(cache, Map.of(Arguments.COMMAND, command,
                Arguments.PROPERTY, String.join("\u001f", arguments)));
    }

    public BundleContext context() {
        return framework.context();
    }

    public void start() throws BundleException {
        framework.start();
    }

    @Override
    public void close() throws Exception {
        framework.close();
    }
}
