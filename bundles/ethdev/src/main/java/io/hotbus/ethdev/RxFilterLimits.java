// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import java.util.Optional;

/**
 * The parts of an {@link RxFilter} that a device supports.
 *
 * @param addresses    number of unicast addresses with its own, at least 1; 0 if the device filters
 *                     nothing and is always promiscuous
 * @param ownAddress   whether its own address can be changed
 * @param groups       multicast addresses
 * @param promiscuous  whether it has a promiscuous mode
 * @param allMulticast whether it can receive all multicast frames and no others
 * @param vlans        whether it can filter by VLAN
 */
public record RxFilterLimits(int addresses, boolean ownAddress, int groups, boolean promiscuous,
        boolean allMulticast, boolean vlans) {
    /** A device that receives every frame. */
    public static final RxFilterLimits NO_FILTER =
            new RxFilterLimits(0, false, 0, false, false, false);
    /** A device with a fixed filter: it receives the frames for its address. */
    public static final RxFilterLimits FIXED = new RxFilterLimits(1, false, 0, false, false, false);

    /** The filter of a device of that address before anything is changed. */
    public RxFilter initial(MacAddress address) {
        return RxFilter.of(address).withPromiscuous(addresses == 0);
    }

    /** The operation that the device lacks to change from one filter to the next, for messages. */
    public Optional<String> lacks(RxFilter now, RxFilter next) {
        if (addresses == 0 && !next.promiscuous()) {
            return Optional.of("to turn promiscuous mode off");
        }
        if (addresses != 0 && next.promiscuous() && !promiscuous) {
            return Optional.of("promiscuous mode");
        }
        if (next.allMulticast() && !allMulticast) {
            return Optional.of("allmulticast mode");
        }
        if (!ownAddress && !next.address().equals(now.address())) {
            return Optional.of("another address of its own");
        }
        if (next.addresses().size() > Math.max(1, addresses)) {
            return Optional.of(next.addresses().size() + " unicast addresses");
        }
        if (next.groups().size() > groups) {
            return Optional.of(next.groups().size() + " multicast addresses");
        }
        return next.vlans().isPresent() && !vlans ? Optional.of("a VLAN filter") : Optional.empty();
    }
}
