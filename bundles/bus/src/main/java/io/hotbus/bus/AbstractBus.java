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
 * A bus whose devices exist from attach to detach. A subclass says how a device is found, opened
 * and closed, and which driver is for it. This class decides the order of the steps and the locks,
 * and handles a removal in the middle of them, in the same way for all buses.
 *
 * <p>A driver may be replaced while its devices are on the bus. When its service goes, the driver
 * releases its devices, and they wait on the bus. When a driver that matches arrives, it probes
 * them again with the same devargs. A device that was pulled out before is awaited by the next
 * driver. A driver is called under the lock of the device that the call is for.
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
    /** How long the removal of a driver's service, or of the bus, waits for the calls inside. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The devices that were pulled out. */
    final Lost<D, R> lost = new Lost<>(this);
    private final String name;
    private final Class<D> deviceType;
    private final BusServices services;
    private final Drivers<R> drivers;
    private final Slots<D, R> slots;
    private volatile boolean closed;

    /** Creates the bus. {@code name} is as in {@link Bus#name}. */
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
     * Returns the device that {@code devargs} names, without opening it. Called under the lock of
     * its name.
     *
     * @throws DeviceException the device is not there, or may not be attached
     */
    protected abstract D newDevice(Devargs devargs) throws DeviceException;

    /**
     * Rates how well {@code driver} matches {@code device}; 0 is no match. The driver with the
     * highest value probes the device. Any thread; must neither wait nor call this bus.
     */
    protected abstract int match(R driver, D device);

    /**
     * Returns a sentence that says that none of the {@code installed} drivers is for {@code
     * device}.
     */
    protected abstract String noDriver(D device, String installed);

    /**
     * Opens the device before its driver probes it. This method and the next three are called under
     * the lock of the device; its removal may be reported meanwhile. {@link #close} always follows,
     * once.
     */
    protected void open(D device) throws DeviceException {
    }

    /** Calls the driver to probe the device. */
    protected abstract void probe(R driver, D device) throws DeviceException;

    /** Calls the driver to release the device. */
    protected abstract void remove(R driver, D device) throws DeviceException;

    /** Returns a device for {@link #awaitReturn}; empty if the bus itself notices its return. */
    protected Optional<D> away(Devargs devargs) {
        return Optional.empty();
    }

    /**
     * Tells the driver to look out for a device that was lost or could not be probed before the
     * driver came. {@code device} is not on the bus. Called under the lock of its name.
     *
     * @throws DeviceException the driver cannot do it; logged
     */
    protected void awaitReturn(R driver, D device) throws DeviceException {
    }

    /**
     * Closes what {@link #open} has opened, whether {@code open} returned or threw. Called once,
     * when no driver uses the device any more. Its windows are released; windows that the driver
     * could not release are replaced.
     */
    protected void close(D device) {
    }

    /**
     * Whether a fault in a window of {@code device} means that the device is gone. False if the bus
     * handles the fault in another way. On {@code sigbus-dispatcher}.
     */
    protected boolean isRemoval(D device, SigbusFault fault) {
        return true;
    }

    // ---- what a subclass uses ----

    /** The services of the bus. */
    protected final BusServices services() {
        return services;
    }

    /** Adds {@code driver} with the properties of its service; it probes devices that wait. */
    public final void addDriver(R driver, Map<String, ?> properties) {
        drivers.add(driver, properties);
        probeThoseWaiting();
        lost.handOver(slots);
    }

    /**
     * Removes the driver. Returns when no call is inside the driver and no further call will be
     * made. An attach chooses its driver under the lock of its slot, and that slot is in the map by
     * then, so this method visits every such slot.
     */
    public final void removeDriver(R driver) {
        drivers.remove(driver);
        slots.inEach(slot -> slot.driverGone(driver));
        lost.driverGone(driver);
        probeThoseWaiting();
        lost.handOver(slots);
    }

    private void probeThoseWaiting() {
        slots.all().forEach(this::probeIfItWaits);
    }

    /**
     * Probes the device of the slot if it waits. Each probe is a task of its own on the control
     * thread, so that a slow probe does not block others.
     */
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

    /** Returns the driver that would probe {@code device} now. */
    protected final Optional<R> bestDriver(D device) {
        return drivers.best(driver -> match(driver, device));
    }

    /** What {@link Bus#lacks} returns: there is no driver, or it refuses {@code devargs}. */
    protected final Optional<String> lackOf(D device, Devargs devargs) {
        return drivers.refusal(driver -> match(driver, device), devargs,
                () -> noDriver(device, driverNames()));
    }

    /** The names of the drivers, for messages. */
    protected final String driverNames() {
        return drivers.names();
    }

    /**
     * Detaches all devices, the last by name first, even if their drivers fail. No device is
     * attached from now on. Idempotent.
     */
    protected final void closeBus() {
        // Set first: an attach reads it after its slot is in the map.
        closed = true;
        slots.inEach(Slot::end);
    }

    /** Finds the device of that name, attached or waiting for a driver. Any thread, no lock. */
    protected final Optional<D> find(String device) {
        return slots.device(device);
    }

    /**
     * Reports that {@code device} went. If no device of that name is on the bus, publishes REMOVE
     * without a device. Any thread but a forwarding one.
     */
    protected final void reportRemoved(String device, RemovalCause cause) {
        Optional<D> found = find(device);
        if (found.isEmpty()) {
            services.events().publish(new DeviceEvent(DeviceEvent.Kind.REMOVE, name, device,
                    Optional.empty(), Optional.of(cause), Optional.empty(), System.nanoTime()));
        }
        // If its driver goes at the same moment, another object takes over the device.
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

    /**
     * Lets the device wait on the bus until there is a driver for it. It is probed on {@code
     * control}.
     */
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

    /** Throws if the bus is closed. Under the lock of a slot: see {@link #closeBus}. */
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

    /**
     * Replaces the windows of the device. A subclass that has more to release does that before or
     * after.
     */
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
