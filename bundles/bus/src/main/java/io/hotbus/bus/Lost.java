// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Driver;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices that were pulled out and are off the bus. A driver may look out for their return; a
 * driver that takes its place is told to do the same. A device is forgotten when a driver has
 * probed it again. Any thread.
 */
final class Lost<D extends Device, R extends Driver> {
    private static final Logger LOG = LoggerFactory.getLogger(Lost.class);

    /** {@code by}: the driver that looks out for the device, if it can; empty if that is gone. */
    private record Entry<R>(Devargs devargs, Optional<R> by) {
    }

    private final AbstractBus<D, R> bus;
    private final Map<String, Entry<R>> entries = new ConcurrentHashMap<>();

    Lost(AbstractBus<D, R> bus) {
        this.bus = bus;
    }

    /** Adds a device. {@code by}: its driver, if that stays. */
    void add(D device, Optional<R> by) {
        entries.put(device.name(), new Entry<>(device.devargs(), by));
    }

    /** Adds a device that a new driver could not probe, unless it was lost before. */
    void addIfAbsent(D device) {
        entries.putIfAbsent(device.name(), new Entry<>(device.devargs(), Optional.empty()));
    }

    /** Notes that a device has its driver again, or was detached on purpose. */
    void remove(String device) {
        entries.remove(device);
    }

    /** Notes that {@code gone} looks out for no device any more. */
    void driverGone(R gone) {
        entries.replaceAll((name, entry) -> entry.by().filter(by -> by == gone).isPresent()
                ? new Entry<>(entry.devargs(), Optional.empty()) : entry);
    }

    /** Lets drivers that have come look out for the devices, each on {@code control}. */
    void handOver(Slots<D, R> slots) {
        entries.keySet().forEach(name -> bus.services().control().execute(this, () -> {
            try {
                slots.in(name, slot -> {
                    await(name);
                    return slot;
                });
            } catch (DeviceException e) {
                LOG.warn("{}: its return will not be noticed: {}", name, e.getMessage());
            }
        }));
    }

    /**
     * Lets the best driver look out for the device, if the device is lost and another driver did so
     * last. Under the lock of the device's slot: the driver stays until this method returns.
     */
    void await(String device) throws DeviceException {
        Entry<R> entry = entries.get(device);
        if (entry == null) {
            return;
        }
        Optional<D> away = bus.away(entry.devargs());
        Optional<R> best = away.flatMap(bus::bestDriver);
        if (best.isPresent() && !best.equals(entry.by())) {
            entries.put(device, new Entry<>(entry.devargs(), best));
            bus.awaitReturn(best.get(), away.get());
        }
    }
}
