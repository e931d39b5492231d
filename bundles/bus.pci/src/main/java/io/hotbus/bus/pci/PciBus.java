// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci;

import io.hotbus.eal.bus.DeviceException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The functions on the PCI bus, and their kernel drivers. A service. Control threads. */
@ProviderType
public interface PciBus {
    /** All functions that exist now, by address, allowed or not. */
    List<PciFunction> functions() throws DeviceException;

    /**
     * Binds the function to {@code driver} instead of its present kernel driver, by {@code
     * driver_override}, as driverctl does. {@link KernelDriver#NONE} only unbinds it. Idempotent.
     *
     * @throws DeviceException the function is not there, is attached, is blocked, or is a network
     *     interface of the host that is up; or the driver is not loaded or did not take it. The
     *     message says what to do
     */
    void bind(PciAddress address, KernelDriver driver) throws DeviceException;

    /**
     * Makes the physical function have that many virtual functions (SR-IOV). The kernel changes the
     * number only from and to 0: other virtual functions go first, and attached ones are removed
     * like any other function. Idempotent.
     *
     * @param count 0 to the number that the function offers
     * @throws DeviceException the function is not there, is blocked, offers fewer or none, or its
     *     kernel driver does not make them; or the kernel is waiting for a user of a virtual
     *     function. The message says what to do
     */
    void setVirtualFunctions(PciAddress address, int count) throws DeviceException;

    /** Gives the function back to the kernel, whose regular driver may take it. Idempotent. */
    void unbind(PciAddress address) throws DeviceException;
}
