// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import io.hotbus.os.internal.NativeLibrary.UnavailableException;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads libhotbus.so and registers it for the other components of this bundle. If there is no
 * library for this machine, it logs that once, and those components stay unsatisfied.
 */
@Component(service = {}, immediate = true)
@Capability(namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"io.hotbus.os.internal.NativeHotbus\"")
public final class NativeLibraryComponent {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibraryComponent.class);

    private final ServiceRegistration<NativeHotbus> registration;

    @Activate
    public NativeLibraryComponent(BundleContext context) {
        registration = register(context);
    }

    private static ServiceRegistration<NativeHotbus> register(BundleContext context) {
        try {
            final NativeHotbus hotbus = NativeLibrary.load(context.getDataFile("").toPath());
            return context.registerService(NativeHotbus.class, hotbus, null);
        } catch (UnavailableException e) {
            LOG.error("no device can be driven: {}", e.getMessage());
            LOG.debug("libhotbus.so", e);
            return null;
        }
    }

    @Deactivate
    void deactivate() {
        if (registration != null) {
            registration.unregister();
        }
    }
}
