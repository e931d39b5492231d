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

    /** The device of that name, on whichever bus. */
    Optional<Device> find(String name);

    /**
     * Attaches through the bus that claims {@code devargs}.
     *
     * @throws DeviceException no bus claims it (the message lists those there are), or as
     *     {@link Bus#attach}
     */
    Device attach(Devargs devargs) throws DeviceException;

    /**
     * Has the device attached as soon as it is there and a driver for it is: at once, perhaps, or
     * after a bundle was installed or the device plugged in. Leaves a device alone that a driver
     * has. It is logged how that stands.
     *
     * @param bus the name of its bus, which may be away
     */
    void expect(String bus, Devargs devargs);

    /**
     * Expects the device until the result is closed, whether it is there now or not: {@code
     * adopter} is called to attach it each time that it appears, as it was pulled out or was never
     * there. A failed attempt is repeated a few times, since a device may appear before everything
     * that it needs. While its bus is replaced, or its driver, the bus attaches it by itself.
     *
     * <p>A device that is there already is not adopted: attach it after this call. One that is
     * detached while it is there is not adopted before it has been pulled out: someone wanted it to
     * go.
     *
     * @param devargs its bus may be left out, and may be away; its name may be any that its bus
     *     takes
     */
    ExpectedDevice expect(Devargs devargs, DeviceAdopter adopter);

    /** Detaches through the device's bus. As {@link Bus#detach}. */
    void detach(Device device) throws DeviceException;
}
