// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy.sample;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleListener;

/** Hangs when the framework's own thread delivers an event. */
public final class HangingQueue implements BundleActivator {
    private final BundleListener listener = event -> Gate.pass();

    @Override
    public void start(BundleContext context) {
        context.addBundleListener(listener);
    }

    @Override
    public void stop(BundleContext context) {
        context.removeBundleListener(listener);
    }
}
