// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy.sample;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Waits for a card, and gives up when it is interrupted. */
public final class HangingActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) throws InterruptedException {
        Gate.passUnlessInterrupted();
    }

    @Override
    public void stop(BundleContext context) {
    }
}
