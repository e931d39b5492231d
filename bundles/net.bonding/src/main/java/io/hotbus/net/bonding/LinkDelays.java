// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets a link that has changed count later ({@code up_delay}, {@code down_delay}). Time is in
 * milliseconds. One thread at a time.
 *
 * @param <M> members
 */
final class LinkDelays<M> {
    private static final class State {
        private boolean counts;
        private boolean seen;
        private long since;
    }

    private final int upDelay;
    private final int downDelay;
    private final Map<M, State> states = new HashMap<>();

    LinkDelays(int upDelay, int downDelay) {
        this.upDelay = upDelay;
        this.downDelay = downDelay;
    }

    /** Forgets the members that are not among those. */
    void keep(List<M> members) {
        states.keySet().retainAll(members);
    }

    /** Whether the link of a member counts as up. */
    boolean isUp(M member, boolean up, long now) {
        State state = states.computeIfAbsent(member, fresh -> new State());
        if (up != state.seen) {
            state.seen = up;
            state.since = now;
        }
        if (up != state.counts && now - state.since >= (up ? upDelay : downDelay)) {
            state.counts = up;
        }
        return state.counts;
    }
}
