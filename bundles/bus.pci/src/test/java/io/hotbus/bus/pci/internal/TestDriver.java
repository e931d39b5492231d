// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.PciDriver;
import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Maps BAR 0 and lets the device reach memory, as a driver does, and keeps a record. */
final class TestDriver implements PciDriver {
    /** Does something in the middle of a call. */
    @FunctionalInterface
    interface Hook {
        void run(PciDevice device) throws DeviceException;
    }

    final List<String> calls = new CopyOnWriteArrayList<>();
    /** BAR 0 of each device that it drives. */
    final Map<PciDevice, Mmio> bars = new ConcurrentHashMap<>();
    volatile Hook onProbe = device -> { };
    private final String name;
    private final List<PciId> ids;

    TestDriver(String name, PciId... ids) {
        this.name = name;
        this.ids = List.of(ids);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<PciId> ids() {
        return ids;
    }

    @Override
    public void checkDevargs(Devargs devargs) throws DeviceException {
        devargs.allowOnly(Set.of("key", PciDevice.BIND));
    }

    @Override
    public void probe(PciDevice device) throws DeviceException {
        calls.add("probe " + device);
        onProbe.run(device);
        bars.put(device, device.mapBar(0));
        device.setBusMaster(true);
    }

    @Override
    public void remove(PciDevice device) {
        calls.add("remove " + device);
        bars.remove(device);
    }
}
