// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.testing;

import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Uevent;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** A bus that claims names that begin with its own name, and records its calls. */
public class TestBus implements Bus {
    public final List<Device> devices = new CopyOnWriteArrayList<>();
    public final BlockingQueue<Uevent> uevents = new LinkedBlockingQueue<>();
    public final BlockingQueue<TestBus> rescans = new LinkedBlockingQueue<>();
    public final List<Device> detached = new CopyOnWriteArrayList<>();
    public final List<Devargs> expected = new CopyOnWriteArrayList<>();
    /** Why a device that is expected or attached is not there, if so. */
    public volatile String absent;

    private final String name;
    private final ServiceProperties properties;

    public TestBus(String name, long id) {
        this.name = name;
        this.properties = new ServiceProperties(0, id, name);
    }

    public ServiceProperties properties() {
        return properties;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean claims(Devargs devargs) {
        return devargs.name().startsWith(name);
    }

    @Override
    public List<Device> devices() {
        return devices;
    }

    @Override
    public Device attach(Devargs devargs) throws DeviceException {
        if (absent != null) {
            throw new DeviceException(absent);
        }
        Device device = new Device(name, devargs) { };
        devices.add(device);
        return device;
    }

    @Override
    public void expect(Devargs devargs) throws DeviceException {
        expected.add(devargs);
        attach(devargs);
    }

    @Override
    public void detach(Device device) throws DeviceException {
        detached.add(device);
        devices.remove(device);
        device.markDetached();
    }

    @Override
    public void rescan() throws DeviceException {
        rescans.add(this);
    }

    @Override
    public void handleUevent(Uevent uevent) {
        uevents.add(uevent);
    }
}
