// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.Driver;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.hotplug.SigbusVerdict;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A bus whose devices are there from attach to detach. A subclass says how a device is found,
 * opened and closed and which driver is for it; what happens when, under which lock, and what
 * becomes of it when it is pulled out in the middle, is the same for all and is here.
 *
 * <p>A driver may be replaced while its devices are on the bus. When its service goes, it lets go
 * of them, and they wait; when one that matches arrives, it probes them again, with the same
 * devargs. A driver is called under the lock of the one device it is called for.
 *
 * <p>A subclass is registered as a service under {@link Bus}, {@link BusHotplugHandler} and {@link
 * SigbusHandler}, and hands the services of its drivers to {@link #addDriver}.
 *
 * @param <D> its devices
 * @param <R> its drivers
 */
@ConsumerType
public abstract class AbstractBus<D extends Device, R extends Driver>
        implements Bus, BusHotplugHandler, SigbusHandler {
    /** How long a driver's service, or the bus, is kept from going while a call is inside. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String name;
    private final Class<D> deviceType;
    private final BusServices services;
    private final Drivers<R> drivers;
    private final Slots<D, R> slots;
    private volatile boolean closed;

    /** {@code name} as in {@link Bus#name}. */
    protected AbstractBus(String name, Class<D> deviceType, BusServices services) {
        this(name, deviceType, services, PATIENCE);
    }

    AbstractBus(String name, Class<D> deviceType, BusServices services, Duration patience) {
        this.name = name;
        this.deviceType = deviceType;
        this.services = services;
        this.drivers = new Drivers<>(name);
        this.slots = new Slots<>(this, patience);
    }

    // ---- what a subclass says ----

    /**
     * The device that {@code devargs} names, without opening it. Under the lock of its name.
     *
     * @throws DeviceException it is not there, or may not be attached
     */
    protected abstract D newDevice(Devargs devargs) throws DeviceException;

    /**
     * How well {@code driver} is for {@code device}: 0 not at all; the highest probes it. Any
     * thread; neither waits nor calls this bus.
     */
    protected abstract int match(R driver, D device);

    /** A sentence about there being no driver for {@code device} among those {@code installed}. */
    protected abstract String noDriver(D device, String installed);

    /**
     * Opens the device, before its driver probes it. Under its lock, as the three that follow; its
     * removal may be reported meanwhile. {@link #close} follows in any case, once.
     */
    protected void open(D device) throws DeviceException {
    }

    /** Calls the driver to probe the device. */
    protected abstract void probe(R driver, D device) throws DeviceException;

    /** Calls the driver to let go of the device. */
    protected abstract void remove(R driver, D device) throws DeviceException;

    /**
     * Closes what {@link #open} has opened, whether that has returned or thrown. Called once for
     * it, when no driver is inside the device any more: its windows are released, or where the
     * driver could not let go of them replaced.
     */
    protected void close(D device) {
    }

    /**
     * Whether a fault in a window of {@code device} means that it is gone. False where the bus
     * deals with it otherwise. On {@code sigbus-dispatcher}.
     */
    protected boolean isRemoval(D device, SigbusFault fault) {
        return true;
    }

    // ---- what a subclass uses ----

    /** Its services. */
    protected final BusServices services() {
        return services;
    }

    /** Lets {@code driver} probe the devices that wait for it, by the properties of its service. */
    public final void addDriver(R driver, Map<String, ?> properties) {
        drivers.add(driver, properties);
        probeThoseWaiting();
    }

    /**
     * Returns when no call is inside the driver and none will be made. An attach chooses its driver
     * under the lock of its slot, which is in the map by then: this method meets every such slot.
     */
    public final void removeDriver(R driver) {
        drivers.remove(driver);
        slots.inEach(slot -> slot.driverGone(driver));
        probeThoseWaiting();
    }

    private void probeThoseWaiting() {
        slots.all().forEach(this::probeIfItWaits);
    }

    /** On the control thread, each on its own account: a slow probe keeps no other from being. */
    private void probeIfItWaits(Slot<D, R> slot) {
        if (slot.device().filter(device -> device.state() == DeviceState.FOUND
                && bestDriver(device).isPresent()).isPresent()) {
            services.control().execute(slot, () -> slots.in(slot, waiting -> {
                if (!closed) {
                    waiting.probeAgain();
                }
            }));
        }
    }

    /** The driver that would probe {@code device} now. */
    protected final Optional<R> bestDriver(D device) {
        return drivers.best(driver -> match(driver, device));
    }

    /** The drivers' names, for words. */
    final String driverNames() {
        return drivers.names();
    }

    /**
     * Detaches all, the last by name first, whatever their drivers say; nothing is attached from
     * now on. Idempotent.
     */
    protected final void closeBus() {
        // First: an attach looks at it when its slot is in the map already.
        closed = true;
        slots.inEach(Slot::end);
    }

    /** The device of that name, if it is attached or waits for a driver. Any thread, no lock. */
    protected final Optional<D> find(String device) {
        return slots.device(device);
    }

    /**
     * Reports that {@code device} went; where nothing of that name is attached, REMOVE is published
     * without a device. Any thread but a forwarding one.
     */
    protected final void reportRemoved(String device, RemovalCause cause) {
        Optional<D> found = find(device);
        if (found.isEmpty()) {
            services.events().publish(new DeviceEvent(DeviceEvent.Kind.REMOVE, name, device,
                    Optional.empty(), Optional.of(cause), Optional.empty(), System.nanoTime()));
        }
        // If its driver goes at the same moment, the device goes on as another object.
        while (found.isPresent()) {
            D told = found.get();
            services.hotUnplug().report(told, cause);
            found = find(device).filter(now -> now != told);
        }
    }

    // ---- Bus, BusHotplugHandler, SigbusHandler ----

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<D> devices() {
        return slots.devices().toList();
    }

    @Override
    public Device attach(Devargs devargs) throws DeviceException {
        Devargs named = named(devargs);
        return slots.in(named.name(), slot -> {
            requireOpen(named);
            return slot.attach(named);
        });
    }

    /** The device waits on the bus until there is a driver for it, and is probed on control. */
    @Override
    public void expect(Devargs devargs) throws DeviceException {
        Devargs named = named(devargs);
        probeIfItWaits(slots.in(named.name(), slot -> {
            requireOpen(named);
            slot.expect(named);
            return slot;
        }));
    }

    private Devargs named(Devargs devargs) {
        return new Devargs(devargs.bus(), nameOf(devargs), devargs.args());
    }

    /** Under the lock of a slot: see {@link #closeBus}. */
    private void requireOpen(Devargs devargs) throws DeviceException {
        if (closed) {
            throw new DeviceException(
                    "%s: the %s bus is being stopped".formatted(devargs.name(), name));
        }
    }

    @Override
    public final void detach(Device device) throws DeviceException {
        if (deviceType.isInstance(device)) {
            slots.detach(deviceType.cast(device));
        } else if (device.state() != DeviceState.DETACHED) {
            throw new DeviceException(device + ": is not a device of the " + name + " bus");
        }
    }

    @Override
    public final SigbusVerdict handleSigbus(SigbusFault fault) {
        Optional<D> owner = slots.devices()
                .filter(device -> device.windows().find(fault.address()).isPresent()).findFirst();
        return owner.map(device -> isRemoval(device, fault)
                ? SigbusVerdict.REMOVED : SigbusVerdict.HANDLED).orElse(SigbusVerdict.NOT_CLAIMED);
    }

    /** Replaces its windows. A subclass with more to let go of does so before or after. */
    @Override
    public void handleHotUnplug(Device device, RemovalCause cause) throws DeviceException {
        try {
            services.mapper().replace(device.windows());
        } catch (IOException e) {
            throw new DeviceException(device + ": its windows could not be replaced: "
                    + e.getMessage(), e);
        }
    }
}
