// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.ethdev.Port;
import java.util.List;

/**
 * How a bond uses its members now.
 *
 * @param receivers where packets are received from
 * @param senders   where packets are sent through
 * @param spares    which others may send once a sender is gone, the preferred one first
 */
record Plan(BondMode mode, XmitPolicy policy, List<Receiver> receivers, List<Port> senders,
        List<Port> spares) {
    /** Uses nothing. */
    static final Plan NONE =
            new Plan(BondMode.ROUND_ROBIN, XmitPolicy.L2, List.of(), List.of(), List.of());

    /**
     * A member that is received from.
     *
     * @param member     its number
     * @param collecting whether its packets are for the application
     */
    record Receiver(Port port, int member, boolean collecting) {
    }

    Plan without(Port port) {
        return new Plan(mode, policy,
                receivers.stream().filter(receiver -> receiver.port() != port).toList(),
                senders.stream().filter(other -> other != port).toList(),
                spares.stream().filter(other -> other != port).toList());
    }
}
