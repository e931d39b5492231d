// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxFilterLimits;
import java.util.Set;

/**
 * Writes an {@link RxFilter} into the receive address registers, the multicast table, the VLAN
 * table and the bits of RCTL. Multicast groups share the bits of a hash table, so frames for some
 * other groups are received, too. Source: packet address filtering and VLAN filtering in the data
 * sheets; the hash of RCTL.MO 0. Control threads.
 */
public final class FilterTables {
    /** The limits of the filter. The last address may belong to the firmware, as in Linux. */
    public static final RxFilterLimits LIMITS =
            new RxFilterLimits(15, true, Integer.MAX_VALUE, true, true, true);
    /** The first receive address. A reset reads it from the NVM. */
    public static final long RAL = 0x05400;
    /** Its upper half. */
    public static final long RAH = 0x05404;
    /** RAH: the address is valid. */
    public static final int RAH_AV = 1 << 31;
    /** Addresses. */
    public static final int RA_ENTRIES = 16;
    /** The multicast table. */
    public static final long MTA = 0x05200;
    /** Its registers. */
    public static final int MTA_ENTRIES = 128;
    /** The VLAN table. */
    public static final long VFTA = 0x05600;
    /** Its registers. */
    public static final int VFTA_ENTRIES = 128;
    /** RCTL: unicast frames for others. */
    public static final int RCTL_UPE = 1 << 3;
    /** RCTL: all multicast frames. */
    public static final int RCTL_MPE = 1 << 4;
    /** RCTL: only tagged frames of the VLANs in VFTA. */
    public static final int RCTL_VFE = 1 << 18;

    private static final int WORD_BITS = 5;
    private static final int HASH_SHIFT = 36;

    private FilterTables() {
    }

    /** Writes all tables. A reset leaves them undefined. */
    public static void write(AbstractGigabitFunction chip, RxFilter filter) {
        for (int i = 0; i < RA_ENTRIES; i++) {
            boolean used = i < filter.addresses().size();
            long address = used ? firstByteLowest(filter.addresses().get(i)) : 0;
            chip.write(RAL + 8L * i, (int) address);
            chip.write(RAH + 8L * i, (int) (address >>> Integer.SIZE) | (used ? RAH_AV : 0));
        }
        int[] groups = new int[MTA_ENTRIES];
        filter.groups().forEach(group -> set(groups, hash(group)));
        write(chip, MTA, groups);
        int[] vlans = new int[VFTA_ENTRIES];
        filter.vlans().stream().flatMap(Set::stream).forEach(id -> set(vlans, id));
        write(chip, VFTA, vlans);
    }

    private static long firstByteLowest(MacAddress address) {
        return Long.reverseBytes(address.value() << Short.SIZE);
    }

    /** The hash of a group: the upper twelve bits of the address, which come last on the wire. */
    public static int hash(MacAddress group) {
        return (int) (firstByteLowest(group) >>> HASH_SHIFT);
    }

    private static void set(int[] table, int bit) {
        table[bit >> WORD_BITS] |= 1 << bit;
    }

    private static void write(AbstractGigabitFunction chip, long register, int[] table) {
        for (int i = 0; i < table.length; i++) {
            chip.write(register + 4L * i, table[i]);
        }
    }

    /** The bits of RCTL for the filter. A promiscuous port receives the frames of all VLANs. */
    public static int rctl(RxFilter filter) {
        if (filter.promiscuous()) {
            return RCTL_UPE | RCTL_MPE;
        }
        return (filter.allMulticast() ? RCTL_MPE : 0)
                | (filter.vlans().isPresent() ? RCTL_VFE : 0);
    }

    /** The address in a pair of RAL and RAH. */
    public static MacAddress address(int low, int high) {
        return new MacAddress(Long.reverseBytes(
                Integer.toUnsignedLong(low) | (long) high << Integer.SIZE) >>> Short.SIZE);
    }
}
