// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

import java.util.concurrent.CountDownLatch;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A bundle that never ends its start. */
public final class HangsInStart implements BundleActivator {
    @Override
    public void start(BundleContext context) throws Exception {
        new CountDownLatch(1).await();
    }

    @Override
    public void stop(BundleContext context) {
        // never started
    }
}
