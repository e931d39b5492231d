// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Detaches all ports when the framework begins to stop, before it stops the first bundle: the order
 * of bundles is not defined, and a driver's bundle may be stopped before this one.
 */
@Component(service = {})
public final class OrderlyShutdown {
    private final BundleContext context;
    private final SynchronousBundleListener listener;

    @Activate
    public OrderlyShutdown(BundleContext context, @Reference PortLifecycle ports) {
        this.context = context;
        this.listener = event -> {
            if (event.getType() == BundleEvent.STOPPING
                    && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
                ports.detachAll();
            }
        };
        context.addBundleListener(listener);
    }

    @Deactivate
    void deactivate() {
        context.removeBundleListener(listener);
    }
}
