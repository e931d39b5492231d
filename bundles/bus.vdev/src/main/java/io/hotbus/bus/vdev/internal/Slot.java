// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.io.MmioMapper;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one name on the bus. All but {@link #device} is for the thread that holds
 * {@link #lock}: a driver is called under the lock of the one device it is called for, so that a
 * slow probe keeps nobody else waiting. Hotplug handling takes no lock.
 */
final class Slot {
    private static final Logger LOG = LoggerFactory.getLogger(Slot.class);

    /** Held during every call of the driver, which may not come back here from within one. */
    final ReentrantLock lock = new ReentrantLock();

    private final String name;
    private final VdevDrivers drivers;
    private final MmioMapper mapper;
    /** Null where nothing of that name is on the bus. */
    private volatile VdevDevice device;
    /** Null where none drives the device. */
    private VdevDriver driver;

    Slot(String name, VdevDrivers drivers, MmioMapper mapper) {
        this.name = name;
        this.drivers = drivers;
        this.mapper = mapper;
    }

    String name() {
        return name;
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

    /** The device there now, with or without a driver. Any thread, no lock. */
    Optional<VdevDevice> device() {
        return Optional.ofNullable(device);
    }

    /** Makes the device and has its driver probe it; when it throws the slot is as before. */
    VdevDevice attach(Devargs devargs) throws DeviceException {
        requireOutsideDriver();
        if (device != null && !(driver == null && device.isGone())) {
            throw new DeviceException(name + ": is attached already"
                    + (driver == null ? ", and waits for its driver to return" : ""));
        }
        VdevDriver match = drivers.match(name).orElseThrow(this::noDriver);
        forget();
        device = new VdevDevice(devargs);
        try {
            probe(match);
        } catch (DeviceException e) {
            forget();
            throw e;
        }
        return device;
    }

    private DeviceException noDriver() {
        String wanted = VdevDrivers.driverPart(name);
        return new DeviceException(wanted.equals(name)
                ? "%s: a number is missing at the end of the name (%s0)".formatted(name, name)
                : "%s: no vdev driver '%s' (installed: %s)"
                        .formatted(name, wanted, drivers.names()));
    }

    /**
     * Has {@code match} probe the device, which is {@code FOUND} and visible to hotplug handling,
     * so that even the first access of probe is covered. When it throws, no driver has the device.
     */
    private void probe(VdevDriver match) throws DeviceException {
        if (!device.transition(DeviceState.FOUND, DeviceState.PROBING)) {
            throw new DeviceException(name + ": pulled out before it was probed");
        }
        driver = match;
        try {
            match.probe(device);
        } catch (Throwable e) {
            driver = null;
            releaseLeftovers();
            if (device.isGone()) {
                throw new DeviceException(name + ": pulled out while being probed", e);
            }
            throw e instanceof DeviceException known ? known
                    : new DeviceException(name + ": probe failed: " + e, e);
        }
        if (!device.transition(DeviceState.PROBING, DeviceState.PROBED)) {
            dropDriver();
            throw new DeviceException(name + ": pulled out while being probed");
        }
        LOG.info("{}: attached, driver {}", name, match.name());
    }

    /** Takes {@code which} off the bus; when it throws the driver has it still. */
    void detach(VdevDevice which) throws DeviceException {
        requireOutsideDriver();
        if (which != device) {
            return;
        }
        if (driver != null) {
            try {
                driver.remove(which);
            } catch (Throwable e) {
                throw new DeviceException(
                        "%s: driver %s could not let go of it: %s; detach it again"
                                .formatted(name, driver.name(), e.getMessage()), e);
            }
            driver = null;
            releaseLeftovers();
        }
        forget();
        LOG.info("{}: detached", name);
    }

    /**
     * The service of {@code gone} ends: its device stays, without a driver, if it is there at all.
     */
    void driverGone(VdevDriver gone) {
        if (driver != gone) {
            return;
        }
        if (insideDriver()) {
            LOG.error("{}: driver {} took its own service away while being called", name,
                    gone.name());
            return;
        }
        dropDriver();
        waitForDriver();
    }

    /** Probes a device that waits, if there is a driver for it now. */
    void probeAgain() {
        if (device == null || driver != null) {
            return;
        }
        if (device.isGone()) {
            forget();
            return;
        }
        Optional<VdevDriver> match = drivers.match(name);
        if (match.isPresent()) {
            try {
                probe(match.get());
            } catch (DeviceException e) {
                LOG.warn("could not attach again: {}", e.getMessage(), e);
                waitForDriver();
            }
        }
    }

    /** The driver must let go: it has no say, other than in {@link #detach}. */
    private void dropDriver() {
        VdevDriver dropped = driver;
        driver = null;
        try {
            dropped.remove(device);
        } catch (Throwable e) {
            LOG.error("{}: driver {} did not let go of it; "
                    + "its windows stay mapped, without the device", name, dropped.name(), e);
            replaceWindows();
            return;
        }
        releaseLeftovers();
    }

    /** Memory that a thread may still be using is kept, but is the device's no more. */
    private void replaceWindows() {
        try {
            mapper.replace(device.windows());
        } catch (IOException e) {
            LOG.error("{}: {}", name, e.getMessage(), e);
        }
    }

    private void releaseLeftovers() {
        if (!device.windows().list().isEmpty()) {
            LOG.warn("{}: its driver left windows mapped, releasing them: {}", name,
                    device.windows().list());
            mapper.releaseAll(device.windows());
        }
    }

    /**
     * Ends the device's object; the device itself goes on as a new one, found and without a driver.
     * It is published before the old one is looked at: a removal is noticed on either of them.
     */
    private void waitForDriver() {
        VdevDevice old = device;
        device = new VdevDevice(old.devargs());
        if (old.isGone()) {
            forget();
            LOG.info("{}: detached, as it was pulled out and has no driver now", name);
        } else {
            LOG.info("{}: has no driver now, and waits for {}", name,
                    VdevDrivers.driverPart(name));
        }
        old.markDetached();
    }

    private void forget() {
        VdevDevice old = device;
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
