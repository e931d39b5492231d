// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A kind of bus: finds devices and brings them together with drivers. Register it as a service with
 * the property {@code hotbus.bus} = {@link #name()}; the core bundle finds it. A bus that can lose
 * its devices also registers a {@code SigbusHandler} and a {@code BusHotplugHandler}.
 *
 * <p>When the service goes, the core bundle has the devices on it detached, and remembers those
 * whose hardware is there; when a bus of the same name comes, it is told to {@link #expect} them.
 * So a bus withdraws its service first, and then lets go of what may be left. Of two buses of one
 * name, an old one beside a new one, the highest {@code service.ranking}, then the oldest gets what
 * is attached; each keeps what it has.
 *
 * <p>Control threads, several at once. Source: DPDK {@code struct rte_bus}.
 */
@ConsumerType
public interface Bus {
    /** {@code vdev}, {@code pci}. */
    String name();

    /** Whether {@code devargs} names a device of this bus, present or not. DPDK: parse. */
    boolean claims(Devargs devargs);

    /**
     * The name that the device of {@code devargs}, which this bus claims, has or would have on it:
     * one name, where several spellings are taken ({@code 03:00.0}, {@code 0000:03:00.0}). Lists
     * of the operator are compared by it. Any thread; neither waits nor throws.
     */
    default String nameOf(Devargs devargs) {
        return devargs.name();
    }

    /** The devices on the bus now, with and without a driver. */
    List<? extends Device> devices();

    /**
     * Finds or makes the device and has a driver probe it. When it returns the device is
     * {@link DeviceState#PROBED}; when it throws everything is as it was before.
     *
     * @throws DeviceException attached already, not there, no driver, or the probe failed
     */
    Device attach(Devargs devargs) throws DeviceException;

    /**
     * The device is attached as soon as it is there and a driver for it is: its bus or its driver
     * was replaced while it was attached. Leaves a device alone that a driver has. Does not wait
     * for a driver. A bus that cannot have a device wait attaches it now, as here.
     *
     * @throws DeviceException it is not there, or may not be attached: it is not expected
     */
    default void expect(Devargs devargs) throws DeviceException {
        attach(devargs);
    }

    /**
     * Has the driver let go of the device, gone or not, and takes it off the bus. Its windows are
     * withdrawn and unmapped. Idempotent.
     *
     * @throws DeviceException if the driver could not let go
     */
    void detach(Device device) throws DeviceException;

    /**
     * Compares what it believes with what is there, and reports the differences to
     * {@code HotUnplug} and {@code DeviceEvents}: asked for when uevents were lost.
     */
    void rescan() throws DeviceException;

    /**
     * A kernel uevent, on the {@code uevent-monitor} thread; every bus sees each. A bus that knows
     * what it means reports it to {@code HotUnplug} or {@code DeviceEvents}. Must not block.
     */
    default void handleUevent(Uevent uevent) {
    }
}
