// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a bond should be like: its members, which of them have a link, and which one is used. */
final class BondModel {
    /** In the order in which they became members. */
    final List<String> members = new ArrayList<>();
    final Set<String> up = new LinkedHashSet<>();
    int mode;
    /** The member that is preferred, or empty. */
    String primary = "";
    /** In modes 1, 5 and 6: the member with the address of the bond, or empty. */
    private String current = "";

    BondModel(int mode, List<String> members) {
        this.mode = mode;
        this.members.addAll(members);
        this.up.addAll(members);
        settle();
    }

    /** The members that have a link. */
    List<String> active() {
        return members.stream().filter(up::contains).toList();
    }

    boolean hasPrimary() {
        return mode == 1 || mode == 5 || mode == 6;
    }

    /** Decides which member is used, after each change. */
    void settle() {
        List<String> active = active();
        if (!hasPrimary() || active.isEmpty()) {
            current = "";
        } else if (active.contains(primary)) {
            current = primary;
        } else if (!active.contains(current)) {
            current = active.get(0);
        }
    }

    /** The speed of the link, if each member has the same. */
    int speed(int each) {
        return each * (mode == 1 || mode == 3 ? Math.min(1, active().size()) : active().size());
    }

    /** What {@code show bonding config} says in its second line. */
    String activeLine() {
        return "active: " + (active().isEmpty() ? "none" : String.join(", ", active()));
    }

    /** The end of the first line, in modes 1, 5 and 6. */
    String primaryWords() {
        String shown = current.isEmpty() ? primary : current;
        return ", primary " + (shown.isEmpty() ? "none" : shown);
    }

    @Override
    public String toString() {
        return "mode %s, members %s, up %s, primary '%s', current '%s'"
                .formatted(mode, members, up, primary, current);
    }
}
