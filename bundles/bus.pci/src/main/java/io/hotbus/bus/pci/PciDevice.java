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
 * A PCI function that is attached. Control threads; once it is gone nothing here blocks, and what
 * touches it does nothing or fails.
 */
@ProviderType
public abstract class PciDevice extends Device {
    /** The name of the bus. */
    public static final String BUS = "pci";
    /**
     * A devarg of the bus itself, which a driver leaves alone: the kernel driver, as {@link
     * KernelDriver#text} has it, that the function is given to before it is opened. Without it the
     * function has to be with one of these already.
     */
    public static final String BIND = "bind";

    /** For the bus. */
    protected PciDevice(Devargs devargs) {
        super(BUS, devargs);
    }

    /** What the scan found when it was attached. */
    public abstract PciFunction function();

    /** Through which kernel driver it is accessed. */
    public abstract KernelDriver kernelDriver();

    /**
     * Maps the whole memory BAR, in whole pages, as a window named {@code BARn}; once mapped, gives
     * the same.
     *
     * @throws DeviceException no such memory BAR, or it cannot be mapped
     */
    public abstract Mmio mapBar(int index) throws DeviceException;

    /**
     * Reads configuration space; little-endian.
     *
     * @param bytes 1, 2 or 4
     * @throws DeviceException it cannot be read: the device is gone
     */
    public abstract int readConfig(int offset, int bytes) throws DeviceException;

    /** Writes configuration space; as {@link #readConfig}. */
    public abstract void writeConfig(int offset, int bytes, int value) throws DeviceException;

    /**
     * Lets the device reach memory, or not. Off until a driver turns it on. The bus turns it off
     * itself: when the device is removed, before the application is told; when it is detached,
     * after the driver has let go, which gives no buffer back that the device may still write to.
     *
     * @throws DeviceException on: it is gone; off: never
     */
    public abstract void setBusMaster(boolean on) throws DeviceException;

    /**
     * Finds what another program has changed in configuration space since the bus opened the
     * device, and puts back the power state D0, the BARs and memory decoding. Bus mastering that
     * was turned off stays off until {@link #setBusMaster}: the driver has to set the device up
     * before. For a periodic look, also on {@code interrupt}; may wait while the kernel resets the
     * function.
     *
     * @return what was not as it was left, for words; that the device's memory was away for a while
     *     is told once. Empty where all is as it was left, or the device is gone
     * @throws DeviceException configuration space cannot be accessed
     */
    public abstract Optional<String> restoreConfig() throws DeviceException;

    /**
     * Has {@code handler} run on {@code interrupt} at each interrupt, which is let through again
     * when it has returned. One at a time; the lease ends it.
     *
     * @throws DeviceException it has no interrupt that user space can use: poll it
     */
    public abstract Lease onInterrupt(Runnable handler) throws DeviceException;

    /**
     * Checks that the device can be given addresses in {@code memory}.
     *
     * @throws DeviceException it is not behind an IOMMU, and the memory's pages have no fixed
     *     physical address; what to do
     */
    public abstract void requireReachable(DmaMemory memory) throws DeviceException;
}
