// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import java.util.Optional;

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
    LACP("802.3ad");

    /** DPDK's names of the modes that this driver does not have. */
    private static final String[] MISSING = {"tlb", "alb"};

    private final String words;

    BondMode(String words) {
        this.words = words;
    }

    /** Whether all members have the address of the bond. */
    boolean sharesAddress() {
        return this != ACTIVE_BACKUP;
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

    /** Why {@code text} is no mode, for messages. */
    static String refusal(String text) {
        for (int i = 0; i < MISSING.length; i++) {
            if (text.equals(MISSING[i]) || text.equals(Integer.toString(values().length + i))) {
                return "mode %s (%s) is not supported".formatted(values().length + i, MISSING[i]);
            }
        }
        return "0 (round-robin), 1 (active-backup), 2 (balance), 3 (broadcast) or 4 (802.3ad) "
                + "is needed";
    }

    /** As in {@code 1 (active-backup)}. */
    @Override
    public String toString() {
        return ordinal() + " (" + words + ")";
    }
}
