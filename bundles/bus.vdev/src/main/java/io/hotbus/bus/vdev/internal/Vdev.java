// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.hotplug.SigbusVerdict;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.thread.ControlThread;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bus of virtual devices: one exists from attach to detach, its name says which driver drives
 * it.
 *
 * <p>A driver may be replaced while its devices are on the bus. When its service goes, it lets go
 * of them, and they wait; when one of that name arrives, it probes them again, with the same
 * devargs.
 */
@Component(service = {
        Bus.class, BusHotplugHandler.class, SigbusHandler.class, VdevBus.class, Vdev.class},
        property = BusHotplugHandler.BUS + "=" + VdevDevice.BUS)
public final class Vdev implements Bus, BusHotplugHandler, SigbusHandler, VdevBus {
    private static final Logger LOG = LoggerFactory.getLogger(Vdev.class);
    /** How long a driver's service is kept from going while a call is inside. */
    private static final int DRIVER_PATIENCE_SECONDS = 30;

    private final HotUnplug hotUnplug;
    private final DeviceEvents events;
    private final MmioMapper mapper;
    private final ControlThread control;
    private final VdevDrivers drivers = new VdevDrivers();
    /** By name. A slot is taken out, under its lock, when nothing is in it. */
    private final ConcurrentNavigableMap<String, Slot> slots = new ConcurrentSkipListMap<>();
    private volatile boolean closed;

    @Activate
    public Vdev(@Reference HotUnplug hotUnplug, @Reference DeviceEvents events,
            @Reference MmioMapper mapper, @Reference ControlThread control) {
        this.hotUnplug = hotUnplug;
        this.events = events;
        this.mapper = mapper;
        this.control = control;
    }

    /** Has it probe the devices that wait for it; {@code properties} are those of its service. */
    void addDriver(VdevDriver driver, Map<String, ?> properties) {
        drivers.add(driver, properties);
        probeThoseWaiting();
    }

    /**
     * Returns when no call is inside the driver and none will be made: an attach takes its driver
     * under the lock of a slot that is in the map by then, so whoever took this one is met here.
     */
    void removeDriver(VdevDriver driver) {
        drivers.remove(driver);
        for (Slot slot : slots.values()) {
            if (!lockWithPatience(slot)) {
                LOG.error("{}: driver {} went away in the middle of a call, which did not return "
                        + "within {} s", slot, driver.name(), DRIVER_PATIENCE_SECONDS);
                continue;
            }
            try {
                slot.driverGone(driver);
            } finally {
                leave(slot);
            }
        }
        probeThoseWaiting();
    }

    private static boolean lockWithPatience(Slot slot) {
        try {
            return slot.lock.tryLock(DRIVER_PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return slot.lock.tryLock();
        }
    }

    /** On the control thread, each on its own account: a slow probe keeps no other from being. */
    private void probeThoseWaiting() {
        for (Slot slot : slots.values()) {
            if (slot.device().filter(device -> device.state() == DeviceState.FOUND).isPresent()
                    && drivers.match(slot.name()).isPresent()) {
                control.execute(slot, () -> probeAgain(slot));
            }
        }
    }

    private void probeAgain(Slot slot) {
        slot.lock.lock();
        try {
            if (!closed) {
                slot.probeAgain();
            }
        } finally {
            leave(slot);
        }
    }

    @Deactivate
    void deactivate() {
        closed = true;
        for (Slot slot : slots.descendingMap().values()) {
            slot.device().ifPresent(device -> {
                try {
                    detach(device);
                } catch (DeviceException e) {
                    LOG.error("{}", e.getMessage(), e);
                }
            });
        }
    }

    @Override
    public String name() {
        return VdevDevice.BUS;
    }

    /**
     * A name like {@code net_foo0} is, even if there is no such driver: attach can say so better.
     */
    @Override
    public boolean claims(Devargs devargs) {
        return devargs.bus().map(VdevDevice.BUS::equals).orElseGet(() ->
                VdevDrivers.isVdevName(devargs.name())
                        || drivers.match(devargs.name()).isPresent());
    }

    @Override
    public List<VdevDevice> devices() {
        return present().toList();
    }

    private Stream<VdevDevice> present() {
        return slots.values().stream().map(Slot::device).flatMap(Optional::stream);
    }

    @Override
    public Device attach(Devargs devargs) throws DeviceException {
        while (true) {
            Slot slot = slots.computeIfAbsent(devargs.name(),
                    name -> new Slot(name, drivers, mapper));
            slot.lock.lock();
            try {
                if (closed) {
                    throw new DeviceException(devargs.name() + ": the vdev bus is being stopped");
                }
                if (slots.get(devargs.name()) == slot) {
                    return slot.attach(devargs);
                }
            } finally {
                leave(slot);
            }
        }
    }

    @Override
    public void detach(Device device) throws DeviceException {
        if (!(device instanceof VdevDevice ours)) {
            throw new DeviceException(device + ": is not a device of the vdev bus");
        }
        Slot slot = slots.get(ours.name());
        if (slot == null) {
            return;
        }
        slot.lock.lock();
        try {
            slot.detach(ours);
        } finally {
            leave(slot);
        }
    }

    private void leave(Slot slot) {
        if (slot.device().isEmpty()) {
            slots.remove(slot.name(), slot);
        }
        slot.lock.unlock();
    }

    /** Nothing to compare: a virtual device is on the bus because someone asked for it. */
    @Override
    public void rescan() {
    }

    @Override
    public void plugged(String name) {
        LOG.info("{}: plugged in", name);
        events.publish(DeviceEvent.of(DeviceEvent.Kind.ADD, VdevDevice.BUS, name));
    }

    /** Where nothing of that name is on the bus, REMOVE is published without a device. */
    @Override
    public void unplugged(String name) {
        Optional<VdevDevice> device = find(name);
        if (device.isEmpty()) {
            events.publish(new DeviceEvent(DeviceEvent.Kind.REMOVE, VdevDevice.BUS, name,
                    Optional.empty(), Optional.of(RemovalCause.UEVENT_REMOVE), Optional.empty(),
                    System.nanoTime()));
        }
        // If its driver goes at the same moment, the device goes on as another object.
        while (device.isPresent()) {
            Device told = device.get();
            hotUnplug.report(told, RemovalCause.UEVENT_REMOVE);
            device = find(name).filter(now -> now != told);
        }
    }

    private Optional<VdevDevice> find(String name) {
        return Optional.ofNullable(slots.get(name)).flatMap(Slot::device);
    }

    @Override
    public SigbusVerdict handleSigbus(SigbusFault fault) {
        Optional<VdevDevice> owner = present()
                .filter(device -> device.windows().find(fault.address()).isPresent()).findFirst();
        if (owner.isEmpty()) {
            return SigbusVerdict.NOT_CLAIMED;
        }
        hotUnplug.report(owner.get(), RemovalCause.SIGBUS);
        return owner.get().state() == DeviceState.FAILED
                ? SigbusVerdict.FAILED : SigbusVerdict.HANDLED;
    }

    @Override
    public void handleHotUnplug(Device device, RemovalCause cause) throws DeviceException {
        try {
            mapper.replace(device.windows());
        } catch (IOException e) {
            throw new DeviceException(device + ": its windows could not be replaced: "
                    + e.getMessage(), e);
        }
    }
}
