// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A kind of bus: finds devices and brings them together with drivers. Register it as a service with
 * the property {@code hotbus.bus} = {@link #name()}; the core bundle finds it. A bus that can lose
 * its devices also registers a {@code SigbusHandler} and a {@code BusHotplugHandler}.
 *
 * <p>When the service goes, the core bundle detaches the devices on the bus, and remembers those
 * whose hardware is there. When a bus of the same name comes, the core bundle tells it to {@link
 * #expect} them. So a bus unregisters its service first, and then releases what is left. If an old
 * and a new bus have the same name, the one with the highest {@code service.ranking}, then the
 * oldest, gets new devices; each keeps the devices that it has.
 *
 * <p>Control threads, several at once. Source: DPDK {@code struct rte_bus}.
 */
@ConsumerType
public interface Bus {
    /** The name of the bus: {@code vdev}, {@code pci}. */
    String name();

    /** Whether {@code devargs} names a device of this bus, present or not. DPDK: parse. */
    boolean claims(Devargs devargs);

    /**
     * The name that the device of {@code devargs} has or would have on this bus, which claims it.
     * If the bus accepts several spellings ({@code 03:00.0}, {@code 0000:03:00.0}), this is the one
     * that it uses. The operator's lists are compared by this name. Any thread; must neither wait
     * nor throw.
     */
    default String nameOf(Devargs devargs) {
        return devargs.name();
    }

    /**
     * What is missing for the device of {@code devargs}, which this bus claims, as far as can be
     * told without touching the device: most often its driver. Any thread; must neither wait nor
     * throw.
     *
     * @return a sentence; empty if nothing is known to be missing
     */
    default Optional<String> lacks(Devargs devargs) {
        return Optional.empty();
    }

    /** The devices on the bus now, with and without a driver. */
    List<? extends Device> devices();

    /**
     * Finds or creates the device and calls a driver to probe it. When this method returns, the
     * device is {@link DeviceState#PROBED}. When it throws, everything is as it was before.
     *
     * @throws DeviceException the device is attached already or not there, there is no driver, or
     *     the probe failed
     */
    Device attach(Devargs devargs) throws DeviceException;

    /**
     * Attaches the device as soon as the device and a driver for it are there. Called when the bus
     * or the driver was replaced while the device was attached. Does not change a device that has a
     * driver. Does not wait for a driver. A bus that cannot let a device wait attaches it now, like
     * this default.
     *
     * @throws DeviceException the device is not there or may not be attached; it is not expected
     *     then
     */
    default void expect(Devargs devargs) throws DeviceException {
        attach(devargs);
    }

    /**
     * Calls the driver to release the device, gone or not, and takes the device off the bus. Its
     * windows are withdrawn and unmapped. Idempotent.
     *
     * @throws DeviceException the driver could not release the device
     */
    void detach(Device device) throws DeviceException;

    /**
     * Compares the known devices with those that are there, and reports the differences to {@code
     * HotUnplug} and {@code DeviceEvents}. Called when uevents were lost.
     */
    void rescan() throws DeviceException;

    /**
     * Handles a kernel uevent, on the {@code uevent-monitor} thread. Every bus gets every uevent. A
     * bus that understands it reports to {@code HotUnplug} or {@code DeviceEvents}. Must not block.
     */
    default void handleUevent(Uevent uevent) {
    }
}
