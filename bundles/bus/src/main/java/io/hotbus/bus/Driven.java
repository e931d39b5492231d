// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.Driver;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.DeviceStep;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device that a driver has. It is opened before the driver probes it and closed after the driver
 * has released it. For the thread that holds the lock of the device's slot.
 */
final class Driven<D extends Device, R extends Driver> {
    private static final Logger LOG = LoggerFactory.getLogger(Driven.class);

    private final AbstractBus<D, R> bus;
    private final D device;
    private final R driver;

    Driven(AbstractBus<D, R> bus, D device, R driver) {
        this.bus = bus;
        this.device = device;
        this.driver = driver;
    }

    boolean isBy(R which) {
        return driver == which;
    }

    R driver() {
        return driver;
    }

    /**
     * Opens the device and calls the driver to probe it. The device is {@code FOUND} and visible to
     * hotplug handling, which covers even the first access of the probe. If this method throws, the
     * device is closed again.
     */
    void probe() throws DeviceException {
        if (!device.transition(DeviceState.FOUND, DeviceState.PROBING)) {
            throw new DeviceException(device + ": pulled out before it was probed");
        }
        try {
            bus.open(device);
            if (device.isGone()) {
                throw new DeviceException(device + ": pulled out while being opened");
            }
            steps().step(DeviceStep.Kind.PROBE, device, () -> bus.probe(driver, device));
        } catch (Throwable e) {
            close();
            throw probeFailure(e);
        }
        if (!device.transition(DeviceState.PROBING, DeviceState.PROBED)) {
            drop();
            throw new DeviceException(device + ": pulled out while being probed");
        }
        LOG.info("{}: attached, driver {}", device, driver.name());
    }

    private DeviceException probeFailure(Throwable e) {
        if (device.isGone()) {
            return new DeviceException(device + ": pulled out while being probed", e);
        }
        return e instanceof DeviceException known ? known
                : new DeviceException(device + ": probe failed: " + e, e);
    }

    /** Calls the remove method of the driver. If that throws, the driver keeps the device. */
    void remove() throws DeviceException {
        try {
            release();
        } catch (Throwable e) {
            throw new DeviceException("%s: driver %s could not let go of it: %s; detach it again"
                    .formatted(device, driver.name(), e.getMessage()), e);
        }
        close();
    }

    /** Takes the device from the driver. Unlike in {@link #remove}, the driver cannot refuse. */
    void drop() {
        try {
            release();
        } catch (Throwable e) {
            LOG.error("{}: driver {} did not let go of it; "
                    + "its windows stay mapped, without the device", device, driver.name(), e);
            replaceWindows();
            closeWithoutRelease();
            return;
        }
        close();
    }

    private void release() throws DeviceException {
        steps().step(DeviceStep.Kind.REMOVE, device, () -> bus.remove(driver, device));
    }

    private DeviceEvents steps() {
        return bus.services().events();
    }

    /** Replaces the device's windows: a thread may still use the memory, so it stays mapped. */
    private void replaceWindows() {
        try {
            bus.services().mapper().replace(device.windows());
        } catch (IOException e) {
            LOG.error("{}: {}", device, e.getMessage(), e);
        }
    }

    private void close() {
        bus.services().mapper().releaseAll(device.windows());
        closeWithoutRelease();
    }

    private void closeWithoutRelease() {
        try {
            bus.close(device);
        } catch (Throwable e) {
            LOG.error("{}: something of it stays open", device, e);
        }
    }
}
