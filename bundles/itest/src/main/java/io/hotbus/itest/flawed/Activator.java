// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest.flawed;

import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.os.Linux;
import java.util.Dictionary;
import java.util.Hashtable;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Registers the bus with the flaw that the header of the bundle names. */
public final class Activator implements BundleActivator {
    /** The name of the header. */
    public static final String FLAW = "Flaw";

    private FlawedBus bus;
    private ServiceRegistration<?> registration;

    @Override
    public void start(BundleContext context) {
        bus = new FlawedBus(Flaw.valueOf(context.getBundle().getHeaders().get(FLAW)),
                service(context, Linux.class), service(context, MmioMapper.class),
                service(context, PortRegistry.class), service(context, DeviceEvents.class));
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(BusHotplugHandler.BUS, FlawedBus.NAME);
        registration = context.registerService(new String[] {Bus.class.getName(),
            BusHotplugHandler.class.getName(), SigbusHandler.class.getName()}, bus, properties);
    }

    private static <T> T service(BundleContext context, Class<T> type) {
        return context.getService(context.getServiceReference(type));
    }

    @Override
    public void stop(BundleContext context) {
        registration.unregister();
        bus.close();
    }
}
