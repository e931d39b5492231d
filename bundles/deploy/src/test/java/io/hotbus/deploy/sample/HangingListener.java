// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy.sample;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;

/** Waits whenever another bundle starts. */
public final class HangingListener implements BundleActivator, SynchronousBundleListener {
    @Override
    public void start(BundleContext context) {
        context.addBundleListener(this);
    }

    @Override
    public void stop(BundleContext context) {
        context.removeBundleListener(this);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STARTING) {
            Gate.pass();
        }
    }
}
