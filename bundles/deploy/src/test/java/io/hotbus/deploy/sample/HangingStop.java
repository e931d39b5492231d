// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy.sample;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Waits in its stop until its card is idle. */
public final class HangingStop implements BundleActivator {
    @Override
    public void start(BundleContext context) {
    }

    @Override
    public void stop(BundleContext context) {
        Gate.pass();
    }
}
