// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a bond uses its members; the ordinal is DPDK's number. */
enum BondMode {
    /** Each packet goes through the next member. */
    ROUND_ROBIN("round-robin"),
    /** One member is used; another one takes over when that has no link. */
    ACTIVE_BACKUP("active-backup"),
    /** The headers of a packet choose the member. */
    BALANCE("balance"),
    /** Each packet goes through all members. */
    BROADCAST("broadcast"),
    /** The same as balance, with the members that LACP has agreed on with the peer. */
    LACP("802.3ad"),
    /** The member with the most capacity left sends; one member receives. */
    TLB("tlb"),
    /** The same, and each peer sends to one of the members: ARP tells it to which. */
    ALB("alb");

    private final String words;

    BondMode(String words) {
        this.words = words;
    }

    /** Whether one member has the address of the bond, and the others have addresses of theirs. */
    boolean hasPrimary() {
        return this == ACTIVE_BACKUP || balancesLoad();
    }

    /** Whether the load of the members decides which one sends. */
    boolean balancesLoad() {
        return this == TLB || this == ALB;
    }

    /** Whether a packet chooses its member by its headers. */
    boolean hashes() {
        return this == BALANCE || this == LACP;
    }

    /** The mode of that number or name. */
    static Optional<BondMode> of(String text) {
        for (BondMode mode : values()) {
            if (text.equals(mode.words) || text.equals(Integer.toString(mode.ordinal()))) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }

    /** The modes there are, for messages. */
    static String all() {
        return Arrays.stream(values()).map(BondMode::toString).collect(Collectors.joining(", "));
    }

    /** As in {@code 1 (active-backup)}. */
    @Override
    public String toString() {
        return ordinal() + " (" + words + ")";
    }
}
