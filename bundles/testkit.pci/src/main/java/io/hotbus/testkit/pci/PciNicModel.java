// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import io.hotbus.os.LinuxException;
import io.hotbus.testkit.NicModel;
import io.hotbus.testkit.TestDma;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Base of the model of a NIC on PCI with a loopback plug in its socket: every frame that it sends
 * comes back. A frame is held back while there is no receive buffer, so no test depends on timing.
 *
 * <p>A test sets the public fields at any time; the model obeys them.
 */
@ConsumerType
public abstract class PciNicModel extends NicModel {
    /** Whether the bus lets the model reach memory. */
    public volatile boolean busMaster;
    /** Whether the loopback plug is in the socket. */
    public volatile boolean cable = true;
    /** The model takes no frame out of its transmit rings. */
    public volatile boolean holdTransmit;
    /** A reset that the driver orders is never done. */
    public volatile boolean stuckReset;
    /** Raises the interrupt. */
    public volatile Runnable interrupt = () -> { };

    /** Creates the BARs; see {@link NicModel}. */
    protected PciNicModel(String name, TestDma memory, long... barLengths) throws LinuxException {
        super(name, memory, barLengths);
    }
}
