// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.core.device.BusDeviceManager;
import io.hotbus.core.device.Buses;
import io.hotbus.core.device.DeviceLists;
import io.hotbus.core.device.ExpectedDevices;
import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.thread.ControlThread;

/** The real device manager, with the buses that a test adds. Any control thread. */
public final class RealDevices implements DeviceEventListener {
    private final Buses buses = new Buses(new CoreSettings());
    private final ExpectedDevices expected;
    private final DeviceManager manager;
    private long added;

    /** What is expected is told to buses and adopters on {@code control}. */
    public RealDevices(ControlThread control) {
        DeviceLists lists = new DeviceLists(buses);
        expected = new ExpectedDevices(buses, lists, control);
        manager = new BusDeviceManager(buses, lists, expected);
    }

    /** The service. */
    public DeviceManager manager() {
        return manager;
    }

    /** {@code bus} comes. */
    public void add(Bus bus) {
        buses.add(bus, new ServiceProperties(0, ++added, bus.name()));
        expected.busAdded(bus);
    }

    /** {@code bus} is told what a bus is told that comes in the place of another. */
    public void busReturns(Bus bus) {
        expected.busAdded(bus);
    }

    /** To be told of every event, on {@code control}. */
    @Override
    public void onDeviceEvent(DeviceEvent event) {
        expected.onDeviceEvent(event);
    }
}
