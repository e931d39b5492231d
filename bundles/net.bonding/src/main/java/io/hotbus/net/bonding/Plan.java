// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How a bond uses its members now.
 *
 * @param receivers where packets are received from
 * @param senders   where packets are sent through
 * @param spares    which others may send once a sender is gone, the preferred one first
 * @param balance   how they are told apart, in modes 5 and 6
 */
record Plan(BondMode mode, XmitPolicy policy, List<Receiver> receivers, List<Port> senders,
        List<Port> spares, Balance balance) {
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

    /**
     * Members with addresses of their own.
     *
     * @param address   that of the bond
     * @param addresses those of the members; one of them may have the bond's
     * @param order     which sender to use first
     */
    record Balance(MacAddress address, Map<Port, MacAddress> addresses, SendOrder order) {
        private static final SendOrder ANY = new SendOrder(0);

        /** Members without. */
        Balance(MacAddress address) {
            this(address, Map.of(), ANY);
        }

        /** The address that a member sends with. */
        long addressOf(Port port) {
            return addresses.getOrDefault(port, address).value();
        }

        private Balance of(int senders) {
            return new Balance(address, addresses, new SendOrder(senders));
        }
    }

    /** Of members that all have the same address, or are used one at a time. */
    Plan(BondMode mode, XmitPolicy policy, List<Receiver> receivers, List<Port> senders,
            List<Port> spares) {
        this(mode, policy, receivers, senders, spares, new Balance(new MacAddress(0)));
    }

    Plan without(Port port) {
        if (!uses(port)) {
            return this;
        }
        List<Port> others = senders.stream().filter(other -> other != port).toList();
        return new Plan(mode, policy,
                receivers.stream().filter(receiver -> receiver.port() != port).toList(), others,
                spares.stream().filter(other -> other != port).toList(),
                mode.balancesLoad() ? balance.of(others.size()) : balance);
    }

    /** The number of the member that {@code port} belongs to, which is received from. */
    int numberOf(Port port) {
        return receivers.stream().filter(receiver -> receiver.port() == port).findFirst()
                .orElseThrow().member();
    }

    private boolean uses(Port port) {
        return Stream.of(receivers.stream().map(Receiver::port), senders.stream(),
                spares.stream()).flatMap(ports -> ports).anyMatch(other -> other == port);
    }

    /**
     * The sender whose address a peer is told in mode 6: the same one for the same peer as long as
     * the senders stay.
     *
     * @param ip the IPv4 address of the peer
     * @return its place among the senders, of which there are some
     */
    int senderFor(int ip) {
        int sum = (ip >>> 24) + (ip >>> 16 & 0xff) + (ip >>> 8 & 0xff) + (ip & 0xff);
        return sum % senders.size();
    }
}
