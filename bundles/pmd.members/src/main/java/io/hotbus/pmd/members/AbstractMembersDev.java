// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A device whose port stands on other ports: passes on to its members what concerns them alone.
 * Control threads.
 */
@ConsumerType
public abstract class AbstractMembersDev implements EthDev {
    private final PortRegistry ports;
    private volatile Port port;

    /** Creates it; its members are made by the subclass. */
    protected AbstractMembersDev(MemberServices services) {
        this.ports = services.ports();
    }

    /** The members: the same ones always. */
    protected abstract Members members();

    /** The port of this device; null while it is not published. Any thread. */
    public final Port port() {
        return port;
    }

    /** Tells which port this is, once it is published. */
    final void published(Port as) {
        port = as;
    }

    /** Reports that the link of the port has changed. */
    protected final void linkChanged() {
        Port own = port;
        if (own != null) {
            ports.linkChanged(own);
        }
    }

    /** What the members can do that are there now. */
    protected final List<EthDevInfo> present() {
        synchronized (members()) {
            return members().all().stream().flatMap(member -> member.port().stream())
                    .map(Port::info).toList();
        }
    }

    @Override
    public final void portAssigned(int portId) {
        members().portAssigned(portId);
    }

    @Override
    public final boolean statsOutliveDevice() {
        return true;
    }
}
