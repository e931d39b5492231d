// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.ethdev.Port;
import io.hotbus.pmd.members.Member;
import java.util.List;

/**
 * What {@code show bonding config} returns.
 *
 * @param device  the bond
 * @param policy  which headers choose the member, in modes 2 and 4
 * @param aggMode which aggregator is used, in mode 4
 * @param primary in modes 1, 5 and 6: the member with the address of the bond, or the preferred
 *     one
 * @param active  the members with a link; in mode 4 those in sync with the partner
 */
record BondText(String device, String mode, String policy, String aggMode, String primary,
        List<Row> members, List<String> active) {
    /**
     * A member.
     *
     * @param port    the number of its port; -1 while it is away
     * @param state   {@code away}, {@code stopped} or {@code started}
     * @param failure why it is not used; empty if it is used, or just away
     */
    record Row(String device, int port, String state, boolean linkUp, String mac, long adoptions,
            long removals, String failure) {
        private String text() {
            return "  %-24s %-8s link %-4s %s adopted %s, removed %s%s".formatted(device, state,
                    linkUp ? "up" : "down", mac, adoptions, removals,
                    failure.isEmpty() ? "" : ": " + failure);
        }
    }

    static BondText of(BondDev dev) {
        synchronized (dev.members()) {
            BondUse use = dev.use();
            return new BondText(dev.name(), use.mode().toString(), Words.of(use.policy()),
                    Words.of(use.lacp().aggMode()), use.primary().orElse(""),
                    dev.members().all().stream().map(BondText::row).toList(),
                    use.active().stream().map(Member::toString).toList());
        }
    }

    private static Row row(Member member) {
        return new Row(member.toString(), member.port().map(Port::id).orElse(-1), member.state(),
                member.link().up(),
                member.port().map(port -> port.macAddress().toString()).orElse("-"),
                member.adoptions(), member.removals(), member.failure());
    }

    String text() {
        StringBuilder text = new StringBuilder("%s: mode %s".formatted(device, mode));
        if (mode.startsWith("2") || mode.startsWith("4")) {
            text.append(", ").append(policy);
        }
        if (mode.startsWith("4")) {
            text.append(", agg_mode ").append(aggMode);
        }
        if (mode.startsWith("1") || mode.startsWith("5") || mode.startsWith("6")) {
            text.append(", primary ").append(primary.isEmpty() ? "none" : primary);
        }
        text.append("\nactive: ").append(active.isEmpty() ? "none" : String.join(", ", active));
        members.forEach(row -> text.append('\n').append(row.text()));
        return text.toString();
    }
}
