// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which frames a port receives: those for its addresses, for the groups it listens to and for all
 * stations, within its VLANs. Immutable; a port has one filter at a time, and a driver applies all
 * of it.
 *
 * @param addresses    unicast addresses without repeats; the first is the port's own
 * @param groups       multicast addresses
 * @param promiscuous  whether frames for other addresses are received, too
 * @param allMulticast whether frames for all groups are received
 * @param vlans        the VLAN ids (0 to 4095) whose tagged frames are received; all if empty
 */
public record RxFilter(List<MacAddress> addresses, Set<MacAddress> groups, boolean promiscuous,
        boolean allMulticast, Optional<SortedSet<Integer>> vlans) {
    /** The largest VLAN id. */
    public static final int MAX_VLAN = 4095;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException an address or VLAN is invalid; the message names it
     */
    public RxFilter {
        addresses = List.copyOf(new LinkedHashSet<>(addresses));
        groups = Set.copyOf(groups);
        vlans = vlans.map(ids -> Collections.unmodifiableSortedSet(new TreeSet<>(ids)));
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a port has an address of its own");
        }
        addresses.stream().filter(address -> !address.isUnicast()).findFirst().ifPresent(
                address -> reject(address + " is not a unicast address"));
        groups.stream().filter(group -> !group.isMulticast()).findFirst().ifPresent(
                group -> reject(group + " is not a multicast address"));
        vlans.stream().flatMap(Set::stream).filter(id -> id < 0 || id > MAX_VLAN).findFirst()
                .ifPresent(id -> reject("VLAN id " + id + ": 0 to " + MAX_VLAN + " are possible"));
    }

    private static void reject(String what) {
        throw new IllegalArgumentException(what);
    }

    /** Only frames for {@code address} and broadcasts, of any VLAN. */
    public static RxFilter of(MacAddress address) {
        return new RxFilter(List.of(address), Set.of(), false, false, Optional.empty());
    }

    /** The port's own address. */
    public MacAddress address() {
        return addresses.get(0);
    }

    /**
     * Returns a copy with another own address; frames for the former one are no longer received.
     */
    public RxFilter withAddress(MacAddress address) {
        List<MacAddress> next = new ArrayList<>(addresses);
        next.remove(address);
        if (next.size() == addresses.size()) {
            next.remove(0);
        }
        next.add(0, address);
        return new RxFilter(next, groups, promiscuous, allMulticast, vlans);
    }

    /** Returns a copy with {@code address} added. */
    public RxFilter plus(MacAddress address) {
        List<MacAddress> next = new ArrayList<>(addresses);
        next.add(address);
        return new RxFilter(next, groups, promiscuous, allMulticast, vlans);
    }

    /**
     * Returns a copy without {@code address}.
     *
     * @throws IllegalArgumentException {@code address} is the port's own
     */
    public RxFilter minus(MacAddress address) {
        if (address.equals(address())) {
            throw new IllegalArgumentException(address + " is the address of the port itself");
        }
        List<MacAddress> next = new ArrayList<>(addresses);
        next.remove(address);
        return new RxFilter(next, groups, promiscuous, allMulticast, vlans);
    }

    /** Returns a copy with these multicast addresses. */
    public RxFilter withGroups(Set<MacAddress> next) {
        return new RxFilter(addresses, next, promiscuous, allMulticast, vlans);
    }

    /** Returns a copy with promiscuous mode on or off. */
    public RxFilter withPromiscuous(boolean on) {
        return new RxFilter(addresses, groups, on, allMulticast, vlans);
    }

    /** Returns a copy that receives all multicast frames, or only those for its groups. */
    public RxFilter withAllMulticast(boolean on) {
        return new RxFilter(addresses, groups, promiscuous, on, vlans);
    }

    /** Returns a copy that receives tagged frames of these VLANs only. */
    public RxFilter withVlans(Set<Integer> ids) {
        return new RxFilter(addresses, groups, promiscuous, allMulticast,
                Optional.of(new TreeSet<>(ids)));
    }

    /** Returns a copy that receives tagged frames of all VLANs. */
    public RxFilter withAllVlans() {
        return new RxFilter(addresses, groups, promiscuous, allMulticast, Optional.empty());
    }
}
