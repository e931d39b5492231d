// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Driver;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Drives PCI functions. Register it as a service. Control threads; one call at a time for a device.
 *
 * <p>When the service goes, {@link #remove} has been called for each of its devices before that
 * returns; they stay on the bus, and the next driver that matches probes them with the same
 * devargs. Source: DPDK {@code struct rte_pci_driver}.
 */
@ConsumerType
public interface PciDriver extends Driver {
    /** The functions that it drives. Of several drivers, the most specific id wins. */
    List<PciId> ids();

    /**
     * Takes the device: maps its BARs, resets it, publishes its port.
     *
     * @throws DeviceException with everything undone
     */
    void probe(PciDevice device) throws DeviceException;

    /**
     * Lets go of the device, gone or not: takes its port away, closes its leases. Idempotent. Its
     * windows are released afterwards.
     */
    void remove(PciDevice device) throws DeviceException;
}
