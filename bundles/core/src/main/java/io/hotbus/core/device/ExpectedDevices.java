// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.device;

import io.hotbus.core.plugin.PlugIn;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceAdopter;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.ExpectedDevice;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.thread.ControlThread;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The list of all devices that are wanted but not there. A bus wants the devices that were attached
 * when it went, or that were expected on it. They are attached again, with their devargs, when a
 * bus of that name and the device are there. An adopter wants a device until the adopter ends its
 * wish; only an adopter wants a device that was pulled out. Any thread; buses and adopters are
 * called on {@code control}. Source: the EAL of DPDK keeps such a list ({@code
 * rte_devargs_insert}).
 */
@Component(service = {ExpectedDevices.class, DeviceEventListener.class})
public final class ExpectedDevices implements DeviceEventListener {
    private static final Logger LOG = LoggerFactory.getLogger(ExpectedDevices.class);

    private final Buses buses;
    private final DeviceLists lists;
    private final ControlThread control;
    private final Adoptions adoptions;
    /** The devices that a bus wants, by bus and device name. Guarded by this. */
    private final Map<String, Map<String, Devargs>> list = new HashMap<>();

    @Activate
    public ExpectedDevices(@Reference Buses buses, @Reference DeviceLists lists,
            @Reference ControlThread control) {
        this.buses = buses;
        this.lists = lists;
        this.control = control;
        this.adoptions = new Adoptions(buses, control, this::expect);
    }

    /** See {@code DeviceManager.expect}: the adopter decides about the device from then on. */
    ExpectedDevice expect(Devargs devargs, DeviceAdopter adopter) {
        return adoptions.add(devargs, adopter);
    }

    private synchronized void remember(String bus, Devargs devargs) {
        list.computeIfAbsent(bus, name -> new TreeMap<>()).put(devargs.name(), devargs);
    }

    private synchronized List<Devargs> of(String bus) {
        return List.copyOf(list.getOrDefault(bus, Map.of()).values());
    }

    private synchronized Optional<Devargs> take(String bus, String device) {
        return Optional.ofNullable(list.get(bus)).map(expected -> expected.remove(device));
    }

    /** Notes that {@code device} is attached. */
    void attached(Device device) {
        take(device.busName(), device.name());
        adoptions.attached(device);
    }

    /** Notes that {@code device} is detached; {@code gone} says whether it was removed before. */
    void detached(Device device, boolean gone) {
        adoptions.detached(device, gone);
    }

    /** Tells {@code bus}, which is registered now, which devices are expected on it. */
    public void busAdded(Bus bus) {
        tellOf(bus.name());
        adoptions.busAdded(bus.name());
    }

    /**
     * Detaches all devices on {@code bus}, the last by name first, so that another bus of the same
     * name can attach them. {@code bus} is unregistered by now, and no call is inside it.
     */
    public void busRemoved(Bus bus) {
        try {
            List<Device> devices = new ArrayList<>(bus.devices());
            Collections.reverse(devices);
            devices.forEach(device -> detach(bus, device));
            tellOf(bus.name());
        } catch (Throwable e) {
            // Errors too: a bundle that is going away may fail to link.
            LOG.error("{}: what it has cannot be detached", bus, e);
        }
    }

    private void detach(Bus bus, Device device) {
        boolean gone = device.isGone();
        if (!gone) {
            remember(bus.name(), device.devargs());
            LOG.info("{}: detached, as its bus goes; attached again when bus '{}' is there",
                    device.devargs(), bus.name());
        }
        try {
            bus.detach(device);
        } catch (DeviceException e) {
            LOG.error("{} (its bus goes)", e.getMessage(), e);
        }
        adoptions.detached(device, gone);
    }

    /**
     * Expects the device on the bus. It is attached at once if a bus of that name and the device
     * are there.
     */
    void expect(String bus, Devargs devargs) {
        remember(bus, devargs);
        if (buses.named(bus).isEmpty()) {
            LOG.info("{}: expected when bus '{}' is there", devargs, bus);
        }
        tell(bus, devargs.name());
    }

    /** Tells the bus of that name, if there is one, all devices that are expected on it. */
    private void tellOf(String bus) {
        if (!of(bus).isEmpty()) {
            control.execute(this, () -> of(bus).forEach(devargs -> tell(bus, devargs.name())));
        }
    }

    /**
     * Tells the bus of that name about the device, if it is expected there. Returns whether it is.
     */
    private boolean tell(String busName, String device) {
        for (PlugIn<Bus> bus : buses.named(busName)) {
            Optional<Devargs> devargs = take(busName, device);
            if (devargs.isEmpty()) {
                return false;
            }
            try {
                Optional<Bus> told = bus.call(b -> {
                    expect(b, devargs.get());
                    return b;
                });
                if (told.isPresent()) {
                    return true;
                }
                remember(busName, devargs.get());
            } catch (Throwable e) {
                // Errors too: a bundle that is going away may fail to link.
                LOG.error("{}: {} does not expect it", devargs.get(), bus, e);
                return true;
            }
        }
        return false;
    }

    /** Tells {@code bus} to expect the device, or keeps the devargs until the bus is there. */
    private void expect(Bus bus, Devargs asked) {
        Devargs devargs = new Devargs(asked.bus(), bus.nameOf(asked), asked.args());
        try {
            bus.expect(lists.permit(bus, devargs));
            LOG.info("{}: expected on bus '{}': attached as soon as a driver for it is there",
                    devargs, bus.name());
        } catch (DeviceException e) {
            remember(bus.name(), devargs);
            LOG.warn("{}: expected on bus '{}', but cannot be had now; tried again when it is "
                    + "plugged in: {}", devargs, bus.name(), e.getMessage());
        }
    }

    /**
     * Attaches a device that has appeared, if it is expected, or if it waited for a driver and went
     * or could not be used.
     */
    @Override
    public void onDeviceEvent(DeviceEvent event) {
        if (adoptions.told(event)) {
            take(event.bus(), event.name()); // the adopter attaches it, and not the bus
            return;
        }
        if (event.kind() != DeviceEvent.Kind.ADD || tell(event.bus(), event.name())) {
            return;
        }
        for (PlugIn<Bus> bus : buses.named(event.bus())) {
            try {
                bus.call(b -> {
                    expectAgain(b, event.name());
                    return b;
                });
            } catch (Throwable e) {
                LOG.debug("{}: {}", event.name(), bus, e);
            }
        }
    }

    private static void expectAgain(Bus bus, String name) throws DeviceException {
        Optional<? extends Device> waiting = bus.devices().stream()
                .filter(device -> device.name().equals(name)
                        && (device.state() == DeviceState.FOUND || device.isGone())).findFirst();
        if (waiting.isPresent()) {
            bus.expect(waiting.get().devargs());
        }
    }
}
