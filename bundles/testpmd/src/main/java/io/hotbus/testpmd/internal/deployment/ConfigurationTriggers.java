// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.app.ServiceOptions;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.cm.ManagedServiceFactory;

/** Tells when a configuration of the deployment has come, has changed or is gone. */
final class ConfigurationTriggers implements AutoCloseable {
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    /** {@code changed} is called on threads of Configuration Admin, and must not wait. */
    ConfigurationTriggers(BundleContext context, Runnable changed) {
        ManagedService trigger = values -> changed.run();
        Dictionary<String, Object> single = new Hashtable<>();
        single.put(Constants.SERVICE_PID, new String[] {ForwardingFile.PID, ServiceOptions.PID});
        registrations.add(context.registerService(ManagedService.class, trigger, single));
        Dictionary<String, Object> factory = new Hashtable<>();
        factory.put(Constants.SERVICE_PID, DeviceFile.PID);
        registrations.add(context.registerService(
                ManagedServiceFactory.class, new Factory(changed), factory));
    }

    @Override
    public void close() {
        registrations.forEach(ServiceRegistration::unregister);
    }

    private record Factory(Runnable changed) implements ManagedServiceFactory {
        @Override
        public String getName() {
            return "devices of the deployment";
        }

        @Override
        public void updated(String pid, Dictionary<String, ?> values) {
            changed.run();
        }

        @Override
        public void deleted(String pid) {
            changed.run();
        }
    }
}
