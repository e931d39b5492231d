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

    /** Creates the manager, which calls buses and adopters of devices on {@code control}. */
    public RealDevices(ControlThread control) {
        DeviceLists lists = new DeviceLists(buses);
        expected = new ExpectedDevices(buses, lists, control);
        manager = new BusDeviceManager(buses, lists, expected);
    }

    /** The device manager. */
    public DeviceManager manager() {
        return manager;
    }

    /** Adds {@code bus}, as if its service were registered. */
    public void add(Bus bus) {
        buses.add(bus, new ServiceProperties(0, ++added, bus.name()));
        expected.busAdded(bus);
    }

    /** Tells {@code bus} what a bus is told that replaces another bus. */
    public void busReturns(Bus bus) {
        expected.busAdded(bus);
    }

    /** Handles a device event. The test must pass every event here, on {@code control}. */
    @Override
    public void onDeviceEvent(DeviceEvent event) {
        expected.onDeviceEvent(event);
    }
}
