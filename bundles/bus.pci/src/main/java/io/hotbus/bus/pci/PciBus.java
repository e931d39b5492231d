// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci;

import io.hotbus.eal.bus.DeviceException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The functions on the PCI bus, and their kernel drivers. A service. Control threads. */
@ProviderType
public interface PciBus {
    /** All functions there are now, by address, allowed or not. */
    List<PciFunction> functions() throws DeviceException;

    /**
     * Has {@code driver} take the function away from the kernel driver it has, by {@code
     * driver_override}, as driverctl does. {@link KernelDriver#NONE} takes it away only.
     * Idempotent.
     *
     * @throws DeviceException not there, attached, blocked, a network interface of the host that
     *     is up, or the driver is not loaded or did not take it; what to do
     */
    void bind(PciAddress address, KernelDriver driver) throws DeviceException;

    /** Gives the function back to the kernel: its own driver may take it. Idempotent. */
    void unbind(PciAddress address) throws DeviceException;
}
