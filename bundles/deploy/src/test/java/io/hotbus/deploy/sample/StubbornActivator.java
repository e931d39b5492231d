// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy.sample;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Waits for a card, and does not react to interrupts. */
public final class StubbornActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        Gate.pass();
    }

    @Override
    public void stop(BundleContext context) {
    }
}
