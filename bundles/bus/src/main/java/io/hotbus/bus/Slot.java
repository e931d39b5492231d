// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Driver;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.DeviceStep;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of one device name on the bus. Everything except {@link #device} is for the thread that
 * holds {@link #lock}. A driver is called under the lock of the device that the call is for, so a
 * slow probe delays no other device. Hotplug handling takes no lock.
 */
final class Slot<D extends Device, R extends Driver> {
    private static final Logger LOG = LoggerFactory.getLogger(Slot.class);

    /**
     * Held during every call of the driver. The driver may not call this slot from within such a
     * call.
     */
    final ReentrantLock lock = new ReentrantLock();

    private final String name;
    private final AbstractBus<D, R> bus;
    /** Null if no device of that name is on the bus. */
    private volatile D device;
    /** The device with its driver; null if the device waits for a driver. */
    private Driven<D, R> driven;

    Slot(String name, AbstractBus<D, R> bus) {
        this.name = name;
        this.bus = bus;
    }

    String name() {
        return name;
    }

    /**
     * Tries to lock for {@code patience}; gives up at once if interrupted. Returns whether it
     * locked.
     */
    boolean tryLock(Duration patience) {
        try {
            return lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return lock.tryLock();
        }
    }

    /** Whether this thread is inside a call of the device's driver. */
    private boolean insideDriver() {
        return lock.getHoldCount() > 1;
    }

    private void requireOutsideDriver() throws DeviceException {
        if (insideDriver()) {
            throw new DeviceException(
                    name + ": its driver may not attach or detach it while it is being called");
        }
    }

    /** The device in the slot now, with or without a driver. Any thread, no lock. */
    Optional<D> device() {
        return Optional.ofNullable(device);
    }

    /**
     * Finds the device and calls its driver to probe it. The new device replaces one that waits in
     * this slot for a driver; if the probe fails, that device keeps waiting.
     */
    D attach(Devargs devargs) throws DeviceException {
        requireOutsideDriver();
        requireVacant();
        step(DeviceStep.Kind.ATTACH, () -> findAndProbe(devargs));
        return device;
    }

    private void findAndProbe(Devargs devargs) throws DeviceException {
        D found = find(devargs);
        R match = bus.bestDriver(found).orElseThrow(
                () -> new DeviceException(bus.noDriver(found, bus.driverNames())));
        D waited = device;
        device = found;
        try {
            probe(match);
        } catch (DeviceException e) {
            boolean waitsOn = waited != null && !waited.isGone() && !found.isGone();
            noteIfGone(found, Optional.of(match));
            found.markDetached();
            device = waitsOn ? waited : null;
            throw e;
        } finally {
            if (waited != null && device != waited) {
                waited.markDetached();
            }
        }
    }

    private <X extends Exception> void step(DeviceStep.Kind kind, DeviceEvents.Work<X> work)
            throws X {
        bus.services().events().step(kind, bus.name(), name, work);
    }

    /**
     * Lets the device wait for a driver. Changes nothing if the device waits already or has a
     * driver.
     */
    void expect(Devargs devargs) throws DeviceException {
        requireOutsideDriver();
        if (driven == null && (device == null || device.isGone())) {
            D found = find(devargs);
            forget();
            device = found;
        }
    }

    private D find(Devargs devargs) throws DeviceException {
        try {
            return bus.newDevice(devargs);
        } catch (Throwable e) {
            throw e instanceof DeviceException known ? known
                    : new DeviceException(name + ": cannot be looked at: " + e, e);
        }
    }

    /**
     * Throws if the slot is occupied. A device that was pulled out while it waited for its driver
     * does not occupy the slot.
     */
    private void requireVacant() throws DeviceException {
        D present = device;
        if (driven != null) {
            throw new DeviceException(name + (present.isGone()
                    ? ": was pulled out, and is not detached yet" : ": is attached already"));
        }
        if (present != null && !present.isGone() && bus.bestDriver(present).isEmpty()) {
            throw new DeviceException(
                    name + ": is attached already, and waits for its driver to return");
        }
    }

    private void probe(R match) throws DeviceException {
        driven = new Driven<>(bus, device, match);
        try {
            driven.probe();
            bus.lost.remove(name);
        } catch (DeviceException e) {
            driven = null;
            throw e;
        }
    }

    /** Takes {@code which} off the bus. If this throws, the driver keeps the device. */
    void detach(D which) throws DeviceException {
        requireOutsideDriver();
        if (which != device) {
            return;
        }
        step(DeviceStep.Kind.DETACH, () -> {
            Optional<R> by = Optional.ofNullable(driven).map(Driven::driver);
            if (driven != null) {
                driven.remove();
                driven = null;
            }
            bus.lost.remove(name);
            noteIfGone(which, by);
            forget();
        });
        LOG.info("{}: detached", name);
    }

    /** Detaches the device because the bus ends, even if the driver does not release it. */
    void end() {
        if (device == null || refusedInsideDriver("its bus")) {
            return;
        }
        step(DeviceStep.Kind.DETACH, () -> {
            if (driven != null) {
                drop();
            }
            forget();
        });
        LOG.info("{}: detached, as its bus is being stopped", name);
    }

    /**
     * Takes the device from the driver {@code gone}, whose service ends. The device stays without a
     * driver, if it is still there.
     */
    void driverGone(R gone) {
        if (driven == null || !driven.isBy(gone) || refusedInsideDriver("its driver")) {
            return;
        }
        drop();
        waitForDriver();
    }

    private boolean refusedInsideDriver(String what) {
        if (insideDriver()) {
            LOG.error("{}: {} was taken away by a driver that is being called, and has it still",
                    name, what);
        }
        return insideDriver();
    }

    private void drop() {
        driven.drop();
        driven = null;
    }

    /** Probes a device that waits, if there is a driver for it now. */
    void probeAgain() {
        if (device == null || driven != null) {
            return;
        }
        if (device.isGone()) {
            noteIfGone(device, Optional.empty());
            forget();
            return;
        }
        Optional<R> match = bus.bestDriver(device);
        if (match.isPresent()) {
            try {
                probe(match.get());
            } catch (DeviceException e) {
                LOG.warn("could not attach again: {}", e.getMessage(), e);
                waitForDriver();
                awaitReturn();
            }
        }
    }

    /**
     * Replaces the device's object by a new one, which is found and has no driver. The new object
     * is published before the old one is checked, so that a removal is noticed on one of them.
     */
    private void waitForDriver() {
        D old = device;
        Optional<String> obstacle = findAgain(old.devargs());
        if (old.isGone()) {
            noteIfGone(old, Optional.empty());
            obstacle = Optional.of("it was pulled out");
        }
        if (obstacle.isPresent()) {
            step(DeviceStep.Kind.DETACH, this::forget);
            LOG.info("{}: has no driver now, and is detached: {}", name, obstacle.get());
        } else {
            LOG.info("{}: has no driver now, and waits for one", name);
        }
        old.markDetached();
    }

    /** Notes that the device is lost, if it was pulled out. {@code by}: its driver, if any. */
    private void noteIfGone(D which, Optional<R> by) {
        if (which.isGone()) {
            bus.lost.add(which, by);
        }
    }

    /** Lets the driver of a device that it could not probe look out for what is missing. */
    private void awaitReturn() {
        if (device == null) {
            return;
        }
        bus.lost.addIfAbsent(device);
        try {
            bus.lost.await(name);
        } catch (DeviceException e) {
            LOG.warn("{}: its return will not be noticed: {}", name, e.getMessage());
        }
    }

    /** Creates the new object. Returns empty, or the reason why that failed. */
    private Optional<String> findAgain(Devargs devargs) {
        try {
            device = find(devargs);
            return Optional.empty();
        } catch (DeviceException e) {
            return Optional.of(e.getMessage());
        }
    }

    private void forget() {
        D old = device;
        if (old != null) {
            old.markDetached();
            device = null;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
