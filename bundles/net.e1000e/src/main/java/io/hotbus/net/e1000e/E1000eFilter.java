// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxFilterLimits;
import java.util.Set;

/**
 * Writes an {@link RxFilter} into the receive address registers, the multicast table, the VLAN
 * table and the bits of RCTL. Multicast groups share the bits of a hash table, so frames for some
 * other groups are received, too. Source: 82574 data sheet, packet address filtering and VLAN
 * filtering; the hash of RCTL.MO 0.
 */
final class E1000eFilter {
    static final RxFilterLimits LIMITS = new RxFilterLimits(
            E1000eRegs.RA_USABLE, true, Integer.MAX_VALUE, true, true, true);

    private static final int WORD_BITS = 5;

    private E1000eFilter() {
    }

    /** Writes all tables. A reset leaves them undefined. */
    static void write(E1000eChip chip, RxFilter filter) {
        for (int i = 0; i < E1000eRegs.RA_ENTRIES; i++) {
            boolean used = i < filter.addresses().size();
            long address = used ? firstByteLowest(filter.addresses().get(i)) : 0;
            chip.write(E1000eRegs.RAL + 8L * i, (int) address);
            chip.write(E1000eRegs.RAH + 8L * i,
                    (int) (address >>> Integer.SIZE) | (used ? E1000eRegs.RAH_AV : 0));
        }
        int[] groups = new int[E1000eRegs.MTA_ENTRIES];
        filter.groups().forEach(group -> set(groups, hash(group)));
        write(chip, E1000eRegs.MTA, groups);
        int[] vlans = new int[E1000eRegs.VFTA_ENTRIES];
        filter.vlans().stream().flatMap(Set::stream).forEach(id -> set(vlans, id));
        write(chip, E1000eRegs.VFTA, vlans);
    }

    private static long firstByteLowest(MacAddress address) {
        return Long.reverseBytes(address.value() << Short.SIZE);
    }

    /** The upper twelve bits of the address, which come last on the wire. */
    private static int hash(MacAddress group) {
        return (int) (firstByteLowest(group) >>> 36);
    }

    private static void set(int[] table, int bit) {
        table[bit >> WORD_BITS] |= 1 << bit;
    }

    private static void write(E1000eChip chip, long register, int[] table) {
        for (int i = 0; i < table.length; i++) {
            chip.write(register + 4L * i, table[i]);
        }
    }

    /** The bits of RCTL for the filter. A promiscuous port receives the frames of all VLANs. */
    static int rctl(RxFilter filter) {
        if (filter.promiscuous()) {
            return E1000eRegs.RCTL_UPE | E1000eRegs.RCTL_MPE;
        }
        return (filter.allMulticast() ? E1000eRegs.RCTL_MPE : 0)
                | (filter.vlans().isPresent() ? E1000eRegs.RCTL_VFE : 0);
    }
}
