// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.pmd.members.Member;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What {@code show bonding lacp info} returns. Numbers are in the order of the host.
 *
 * @param device the bond
 * @param counts frames, by name
 */
record LacpText(String device, List<Row> ports, Map<String, Long> counts) {
    /**
     * One side of a link.
     *
     * @param state  the flags that are set
     * @param churn  the state of the churn machine: {@code churn} if it is out of sync for 60 s
     * @param churns how often it was so
     */
    record Side(int systemPriority, String system, int key, int portPriority, int port,
            List<String> state, String churn, long churns) {
        static Side of(Participant side, Churn churn) {
            return new Side(side.systemPriority(), side.system().toString(), side.key(),
                    side.portPriority(), side.port(), side.flags(), Words.of(churn.state()),
                    churn.count());
        }

        private String text(String who) {
            return ("    %s: system priority %s, system %s, key %s, port priority %s, port %s%n"
                    + "      state: %s%n      churn: %s, %s so far").formatted(who,
                            systemPriority, system, key, portPriority, port,
                            String.join(" ", state), churn, churns);
        }
    }

    /**
     * A member.
     *
     * @param selected whether it belongs to the aggregator that is used
     * @param receive  the state of the receive machine
     * @param mux      the state of the mux machine
     */
    record Row(String member, boolean selected, String receive, String mux, Side actor,
            Side partner) {
        private String text() {
            return "  %s: %s, receive %s, mux %s%n%s%n%s".formatted(member,
                    selected ? "selected" : "not selected", receive, mux, actor.text("actor"),
                    partner.text("partner"));
        }
    }

    /** @throws IllegalStateException the bond is in another mode */
    static LacpText of(BondDev dev) {
        synchronized (dev.members()) {
            if (dev.use().mode() != BondMode.LACP) {
                throw new IllegalStateException("%s: is in mode %s, without LACP"
                        .formatted(dev.name(), dev.use().mode()));
            }
            return new LacpText(dev.name(), dev.use().lacp().ports().entrySet().stream()
                    .map(entry -> row(entry.getKey(), entry.getValue())).toList(),
                    dev.use().lacp().counts());
        }
    }

    private static Row row(Member member, LacpPort port) {
        return new Row(member.toString(), port.isSelected(), Words.of(port.receiveState()),
                Words.of(port.muxState()),
                Side.of(port.actor(), port.actorChurn()),
                Side.of(port.partner(), port.partnerChurn()));
    }

    String text() {
        return device + ports.stream().map(row -> "\n" + row.text()).collect(Collectors.joining())
                + counts.entrySet().stream()
                        .map(entry -> "\n  " + entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining());
    }
}
