// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.Port;
import org.osgi.annotation.versioning.ConsumerType;

/** A device whose port stands on other ports. Control threads. */
@ConsumerType
public interface MembersDev extends EthDev {
    /** Tells which port this is, once it is published. */
    void published(Port port);

    /** Handles an event of any port. On {@code control}. */
    void onEthEvent(EthEvent event);

    /** See {@link io.hotbus.ethdev.PortUser}. */
    void release(Port any);

    /** See {@link io.hotbus.ethdev.PortUser}. */
    void takeBack(Port any);
}
