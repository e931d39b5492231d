// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core;

import io.hotbus.core.device.Buses;
import io.hotbus.core.device.ExpectedDevices;
import io.hotbus.core.event.DeviceEventDispatcher;
import io.hotbus.core.fault.HotUnplugPath;
import io.hotbus.core.fault.SigbusDispatcher;
import io.hotbus.core.mem.DmaMappers;
import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.DeviceStepListener;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.mem.DmaMapper;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Passes the services of other bundles to the components of this bundle that call them.
 *
 * <p>It is a separate component that no other component depends on. A bus needs services of this
 * bundle, and this bundle calls services of the bus. If the callers referred to those services
 * directly, each side would wait for the other to be activated.
 *
 * <p>An unbind method returns when all calls inside the service have returned, so no call runs in a
 * deactivated component.
 */
@Component(service = {}, immediate = true)
public final class PlugIns {
    private final Buses buses;
    private final ExpectedDevices expected;
    private final SigbusDispatcher sigbusDispatcher;
    private final HotUnplugPath hotUnplug;
    private final DeviceEventDispatcher events;
    private final DmaMappers dmaMappers;

    @Activate
    public PlugIns(@Reference Buses buses, @Reference ExpectedDevices expected,
            @Reference SigbusDispatcher sigbusDispatcher, @Reference HotUnplugPath hotUnplug,
            @Reference DeviceEventDispatcher events, @Reference DmaMappers dmaMappers) {
        this.buses = buses;
        this.expected = expected;
        this.sigbusDispatcher = sigbusDispatcher;
        this.hotUnplug = hotUnplug;
        this.events = events;
        this.dmaMappers = dmaMappers;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addBus(Bus bus, Map<String, Object> properties) {
        buses.add(bus, ServiceProperties.of(properties));
        expected.busAdded(bus);
    }

    void updatedBus(Bus bus, Map<String, Object> properties) {
        buses.update(bus, ServiceProperties.of(properties));
    }

    void removeBus(Bus bus, Map<String, Object> properties) {
        buses.remove(bus, ServiceProperties.of(properties));
        expected.busRemoved(bus);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addSigbusHandler(SigbusHandler handler, Map<String, Object> properties) {
        sigbusDispatcher.add(handler, ServiceProperties.of(properties));
    }

    void updatedSigbusHandler(SigbusHandler handler, Map<String, Object> properties) {
        sigbusDispatcher.update(handler, ServiceProperties.of(properties));
    }

    void removeSigbusHandler(SigbusHandler handler, Map<String, Object> properties) {
        sigbusDispatcher.remove(handler, ServiceProperties.of(properties));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addHotplugHandler(BusHotplugHandler handler, Map<String, Object> properties) {
        hotUnplug.add(handler, ServiceProperties.of(properties));
    }

    void updatedHotplugHandler(BusHotplugHandler handler, Map<String, Object> properties) {
        hotUnplug.update(handler, ServiceProperties.of(properties));
    }

    void removeHotplugHandler(BusHotplugHandler handler, Map<String, Object> properties) {
        hotUnplug.remove(handler, ServiceProperties.of(properties));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addListener(DeviceEventListener listener, Map<String, Object> properties) {
        events.add(listener, ServiceProperties.of(properties));
    }

    void removeListener(DeviceEventListener listener, Map<String, Object> properties) {
        events.remove(listener, ServiceProperties.of(properties));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addStepListener(DeviceStepListener listener, Map<String, Object> properties) {
        events.addSteps(listener, ServiceProperties.of(properties));
    }

    void removeStepListener(DeviceStepListener listener, Map<String, Object> properties) {
        events.removeSteps(listener, ServiceProperties.of(properties));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDmaMapper(DmaMapper mapper, Map<String, Object> properties) {
        dmaMappers.add(mapper, ServiceProperties.of(properties));
    }

    void removeDmaMapper(DmaMapper mapper, Map<String, Object> properties) {
        dmaMappers.remove(mapper, ServiceProperties.of(properties));
    }
}
