// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Driver;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A driver for PCI functions. Register it as a service. Control threads; one call at a time for a
 * device.
 *
 * <p>When the service is unregistered, {@link #remove} is called for each of its devices before the
 * unregistration returns. The devices stay on the bus, and the next driver that matches probes them
 * with the same devargs. Source: DPDK {@code struct rte_pci_driver}.
 */
@ConsumerType
public interface PciDriver extends Driver {
    /** The functions that this driver drives. Of several drivers, the most specific id wins. */
    List<PciId> ids();

    /**
     * Takes the device: maps its BARs, resets it, publishes its port.
     *
     * @throws DeviceException the probe failed; everything is undone
     */
    void probe(PciDevice device) throws DeviceException;

    /**
     * Releases the device, gone or not: removes its port and closes its leases. Idempotent. The bus
     * releases the windows afterwards.
     */
    void remove(PciDevice device) throws DeviceException;
}
