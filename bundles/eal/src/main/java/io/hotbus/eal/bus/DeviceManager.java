// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * All buses as one. A service of the core bundle. Control threads, several at once.
 * Source: DPDK {@code rte_dev_probe}, {@code rte_dev_remove}.
 */
@ProviderType
public interface DeviceManager {
    /** The buses installed now, by name. */
    List<Bus> buses();

    /** The devices of all buses. */
    List<Device> devices();

    /** The device of that name, on any bus. */
    Optional<Device> find(String name);

    /**
     * Attaches a device through the bus that claims {@code devargs}.
     *
     * @throws DeviceException no bus claims it (the message lists the buses), or {@link Bus#attach}
     *     failed
     */
    Device attach(Devargs devargs) throws DeviceException;

    /**
     * Attaches the device as soon as the device and a driver for it are there: now, or after a
     * bundle is installed or the device is plugged in. Does not change a device that has a driver.
     * Logs the outcome.
     *
     * @param bus the name of its bus, which may be away
     */
    void expect(String bus, Devargs devargs);

    /**
     * Expects the device until the result is closed, whether it is there now or not. {@code
     * adopter} is called to attach the device each time it appears after it was pulled out, or for
     * the first time. A failed attempt is repeated a few times, because a device may appear before
     * everything that it needs. When its bus or its driver is replaced, the bus attaches the device
     * by itself.
     *
     * <p>A device that is there already is not adopted: attach it after this call. A device that is
     * detached while it is there was detached on purpose, so it is not adopted until it has been
     * pulled out and returns.
     *
     * @param devargs the bus may be left out, and may be away; the name may have any spelling that
     *     the bus accepts
     */
    ExpectedDevice expect(Devargs devargs, DeviceAdopter adopter);

    /** Detaches the device through its bus. See {@link Bus#detach}. */
    void detach(Device device) throws DeviceException;
}
