// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.pmd.intel.FilterTables;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asks the physical function for the frames of a filter. Frames without a tag arrive always, those
 * of a VLAN only if it was asked for. Control threads.
 */
final class VfFilter {
    static final RxFilterLimits LIMITS =
            new RxFilterLimits(1, true, VfMessage.MAX_HASHES, false, true, true);
    private static final int HASHES_PER_WORD = 2;

    private final VfMailbox mailbox;
    private Optional<MacAddress> address = Optional.empty();
    private Set<MacAddress> groups = Set.of();
    private boolean allMulticast;
    private Set<Integer> vlans = Set.of();

    VfFilter(VfMailbox mailbox) {
        this.mailbox = mailbox;
    }

    /** Notes that the function was reset, and has the address {@code given}, if any. */
    void begin(Optional<MacAddress> given) {
        address = given;
        groups = Set.of();
        allMulticast = false;
        vlans = Set.of();
    }

    /**
     * Applies a filter.
     *
     * @throws DeviceException the physical function does not answer, or refuses
     */
    void apply(RxFilter filter) throws DeviceException {
        if (!address.equals(Optional.of(filter.address()))) {
            long bytes = Long.reverseBytes(filter.address().value() << Short.SIZE);
            mailbox.demand("the address " + filter.address(), VfMessage.SET_MAC, (int) bytes,
                    (int) (bytes >>> Integer.SIZE));
            address = Optional.of(filter.address());
        }
        if (!filter.groups().equals(groups)) {
            mailbox.demand(filter.groups().size() + " multicast addresses", groups(filter));
            groups = filter.groups();
        }
        if (filter.allMulticast() != allMulticast) {
            mailbox.demand("allmulticast mode", VfMessage.SET_PROMISC
                    | (filter.allMulticast() ? VfMessage.PROMISC_MULTICAST : 0));
            allMulticast = filter.allMulticast();
        }
        applyVlans(filter.vlans().<Set<Integer>>map(TreeSet::new).orElse(Set.of()));
    }

    private static int[] groups(RxFilter filter) {
        int[] words = new int[VfRegs.VMBMEM_WORDS];
        words[0] = VfMessage.SET_MULTICAST | filter.groups().size() << VfMessage.INFO_SHIFT;
        int index = 0;
        for (MacAddress group : filter.groups()) {
            words[1 + index / HASHES_PER_WORD] |=
                    FilterTables.hash(group) << index % HASHES_PER_WORD * Short.SIZE;
            index++;
        }
        return words;
    }

    private void applyVlans(Set<Integer> next) throws DeviceException {
        for (int id : next) {
            if (!vlans.contains(id)) {
                mailbox.demand("VLAN " + id, VfMessage.SET_VLAN | VfMessage.VLAN_ADD, id);
            }
        }
        for (int id : vlans) {
            if (!next.contains(id)) {
                mailbox.demand("no VLAN " + id, VfMessage.SET_VLAN, id);
            }
        }
        vlans = next;
    }
}
