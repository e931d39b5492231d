// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.mem.DmaMemory;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A PCI function that is attached. Control threads. Once the function is gone, no method blocks,
 * and a method that accesses it does nothing or fails.
 */
@ProviderType
public abstract class PciDevice extends Device {
    /** The name of the bus. */
    public static final String BUS = "pci";
    /**
     * A devarg for the bus, which drivers ignore: the kernel driver, named as in {@link
     * KernelDriver#text}, that the function is bound to before it is opened. Without this devarg,
     * the function must be bound to one of these drivers already.
     */
    public static final String BIND = "bind";

    /** Constructor for the bus. */
    protected PciDevice(Devargs devargs) {
        super(BUS, devargs);
    }

    /** The function as the scan found it when it was attached. */
    public abstract PciFunction function();

    @Override
    public int numaNode() {
        return function().numaNode();
    }

    /** The kernel driver through which the function is accessed. */
    public abstract KernelDriver kernelDriver();

    /**
     * Maps the memory BAR, in whole pages, as a window named {@code BARn}. Further calls return the
     * same window.
     *
     * @throws DeviceException there is no such memory BAR, or it cannot be mapped
     */
    public abstract Mmio mapBar(int index) throws DeviceException;

    /**
     * Reads configuration space; little-endian.
     *
     * @param bytes 1, 2 or 4
     * @throws DeviceException configuration space cannot be read: the device is gone
     */
    public abstract int readConfig(int offset, int bytes) throws DeviceException;

    /** Writes configuration space. See {@link #readConfig}. */
    public abstract void writeConfig(int offset, int bytes, int value) throws DeviceException;

    /**
     * Turns bus mastering on or off: whether the device can access memory. It is off until a driver
     * turns it on. The bus turns it off when the device is removed, before the application is told.
     * The bus also turns it off at a detach, after the driver has released the device; the driver
     * must not free a buffer that the device may still write to.
     *
     * @throws DeviceException when turning on: the device is gone; never when turning off
     */
    public abstract void setBusMaster(boolean on) throws DeviceException;

    /**
     * Checks whether another program has changed configuration space since the bus opened the
     * device, and restores the power state D0, the BARs and memory decoding. If bus mastering was
     * turned off, it stays off until {@link #setBusMaster}: the driver must set up the device
     * first. Call it periodically; {@code interrupt} may call it, too. May wait while the kernel
     * resets the function.
     *
     * @return what was changed, for messages; empty if nothing was, or the device is gone. Says
     *     once that the device's memory was away for a while
     * @throws DeviceException configuration space cannot be accessed
     */
    public abstract Optional<String> restoreConfig() throws DeviceException;

    /**
     * Runs {@code handler} on {@code interrupt} at each interrupt. The next interrupt is let
     * through when {@code handler} has returned. One handler at a time; closing the lease removes
     * it.
     *
     * @throws DeviceException the device has no interrupt that user space can use: poll it
     */
    public abstract Lease onInterrupt(Runnable handler) throws DeviceException;

    /**
     * Checks that the device can be given addresses in {@code memory}.
     *
     * @throws DeviceException the device is not behind an IOMMU, and the memory's pages have no
     *     fixed physical address; the message says what to do
     */
    public abstract void requireReachable(DmaMemory memory) throws DeviceException;
}
