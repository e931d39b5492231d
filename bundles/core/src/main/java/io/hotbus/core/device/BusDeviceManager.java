// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.device;

import io.hotbus.core.plugin.PlugIn;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceAdopter;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.ExpectedDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Presents all buses as one device manager. No bus is asked for a device that may not be used. */
@Component(service = DeviceManager.class)
public final class BusDeviceManager implements DeviceManager {
    private final Buses buses;
    private final DeviceLists lists;
    private final ExpectedDevices expected;

    @Activate
    public BusDeviceManager(@Reference Buses buses, @Reference DeviceLists lists,
            @Reference ExpectedDevices expected) {
        this.buses = buses;
        this.lists = lists;
        this.expected = expected;
    }

    @Override
    public List<Bus> buses() {
        return buses.all().stream().map(PlugIn::service).toList();
    }

    @Override
    public List<Device> devices() {
        List<Device> devices = new ArrayList<>();
        buses.forEach("listing its devices", bus -> devices.addAll(bus.devices()));
        return devices;
    }

    @Override
    public Optional<Device> find(String name) {
        return devices().stream().filter(device -> device.name().equals(name)).findFirst();
    }

    @Override
    public Device attach(Devargs devargs) throws DeviceException {
        Optional<String> asked = devargs.bus();
        for (PlugIn<Bus> bus : buses.all()) {
            Optional<Device> device = bus.call(b ->
                    asked.orElse(b.name()).equals(b.name()) && b.claims(devargs)
                            ? attach(b, devargs) : null);
            if (device.isPresent()) {
                expected.attached(device.get());
                return device.get();
            }
        }
        throw new DeviceException(whyNobodyClaims(devargs));
    }

    private Device attach(Bus bus, Devargs devargs) throws DeviceException {
        requireOnNoOther(bus, bus.nameOf(devargs));
        return bus.attach(lists.permit(bus, devargs));
    }

    @Override
    public void expect(String bus, Devargs devargs) {
        expected.expect(bus, devargs);
    }

    @Override
    public ExpectedDevice expect(Devargs devargs, DeviceAdopter adopter) {
        return expected.expect(devargs, adopter);
    }

    /**
     * Rejects a device that another bus of the same name has: an old bus keeps its devices until it
     * goes.
     */
    private void requireOnNoOther(Bus bus, String name) throws DeviceException {
        for (PlugIn<Bus> other : buses.named(bus.name())) {
            if (other.service() != bus && other.call(b -> b.devices().stream()
                    .filter(device -> device.name().equals(name)).findFirst()
                    .orElse(null)).isPresent()) {
                throw new DeviceException("%s: is attached already, on another bus '%s' (%s)"
                        .formatted(name, bus.name(), other));
            }
        }
    }

    private String whyNobodyClaims(Devargs devargs) {
        List<String> names = busNames();
        String there = names.isEmpty() ? "no bus is installed"
                : "buses: " + String.join(", ", names);
        if (devargs.bus().isEmpty()) {
            return "no bus claims '%s' (%s)".formatted(devargs.name(), there);
        }
        String bus = devargs.bus().get();
        return names.contains(bus)
                ? "%s: bus '%s' does not claim it (is its driver installed?)"
                        .formatted(devargs.name(), bus)
                : "%s: there is no bus '%s' (%s)".formatted(devargs.name(), bus, there);
    }

    private List<String> busNames() {
        return buses.all().stream().map(bus -> bus.service().name()).distinct()
                .collect(Collectors.toList());
    }

    @Override
    public void detach(Device device) throws DeviceException {
        if (device.state() == DeviceState.DETACHED) {
            return; // perhaps because its bus went
        }
        boolean gone = device.isGone();
        for (PlugIn<Bus> bus : candidates(device)) {
            Optional<Bus> done = bus.call(b -> {
                b.detach(device);
                return b;
            });
            if (done.isPresent()) {
                expected.detached(device, gone);
                return;
            }
        }
        throw new DeviceException(
                "%s: cannot be detached, as its bus '%s' is not there now (install or start it)"
                        .formatted(device.name(), device.busName()));
    }

    /**
     * The buses of the device's name; the bus that has the device comes first. While a bus is
     * replaced there may be two of the same name.
     */
    private List<PlugIn<Bus>> candidates(Device device) {
        List<PlugIn<Bus>> candidates = new ArrayList<>();
        for (PlugIn<Bus> bus : buses.all()) {
            if (!bus.service().name().equals(device.busName())) {
                continue;
            }
            boolean hasIt = bus.call(b -> b.devices().stream().anyMatch(d -> d == device))
                    .orElse(false);
            candidates.add(hasIt ? 0 : candidates.size(), bus);
        }
        return candidates;
    }
}
