// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app.internal;

import io.hotbus.app.LcoreUsages;
import io.hotbus.app.PortGroup;
import io.hotbus.app.Ports;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.DeviceEventMonitor;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortUser;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Creates the groups and registers each for the events of ports, and for those who ask how
 * busy its lcores are. */
@Component(service = Ports.class)
public final class PortGroups implements Ports {
    /**
     * The services of the platform that a group uses.
     *
     * @param devices  attaches devices, and expects them
     * @param registry finds the ports of devices
     * @param events   is told of the steps of what is done
     * @param unplug   receives reports of devices that do not start again
     * @param mempools creates the buffers
     * @param affinity pins the lcores to CPUs
     */
    record Platform(DeviceManager devices, PortRegistry registry, DeviceEvents events,
            HotUnplug unplug, Mempools mempools, CpuAffinity affinity) {
    }

    private final BundleContext context;
    private final Platform platform;
    private final FailureHandling failureHandling;
    private final DeviceEventMonitor monitor;
    private final Set<Group> open = ConcurrentHashMap.newKeySet();

    @Activate
    public PortGroups(BundleContext context, @Reference DeviceManager devices,
            @Reference PortRegistry registry, @Reference DeviceEvents events,
            @Reference HotUnplug unplug, @Reference Mempools mempools,
            @Reference CpuAffinity affinity, @Reference FailureHandling failureHandling,
            @Reference DeviceEventMonitor monitor) {
        this.context = context;
        this.platform = new Platform(devices, registry, events, unplug, mempools, affinity);
        this.failureHandling = failureHandling;
        this.monitor = monitor;
    }

    @Override
    public PortGroup begin() throws DeviceException {
        Group group = new Group(platform, new io.hotbus.app.HotPlug(failureHandling, monitor));
        ServiceRegistration<?> registration = context.registerService(new String[] {
                EthEventListener.class.getName(), PortUser.class.getName(),
                LcoreUsages.class.getName()}, group, null);
        group.onClose(() -> {
            open.remove(group);
            registration.unregister();
        });
        open.add(group);
        return group;
    }

    /** Closes the groups that applications left open, since the bundle stops. */
    @Deactivate
    void deactivate() {
        open.forEach(Group::close);
    }
}
