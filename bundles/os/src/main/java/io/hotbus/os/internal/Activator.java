// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * Links the C library on a thread of its own, while other bundles start. A tenth of a start goes
 * into that. The first component that calls C waits for it, and says what is wrong if it failed.
 */
public final class Activator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        Thread thread = new Thread(Activator::link, "os-link");
        thread.setDaemon(true);
        thread.start();
    }

    private static void link() {
        try {
            LibC.C.getpagesize();
        } catch (LinkageError e) {
            // The JVM keeps the cause, and gives it to whoever uses the library.
        }
    }

    @Override
    public void stop(BundleContext context) {
    }
}
