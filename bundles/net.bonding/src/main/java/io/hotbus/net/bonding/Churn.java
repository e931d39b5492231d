// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

/**
 * Finds that one side of a link does not get in sync within 60 s: it, or its partner, is set up
 * wrong. Time is in milliseconds. One thread at a time. Source: IEEE 802.1AX, 6.4.17: the churn
 * detection machines of the actor and of the partner are alike.
 */
final class Churn {
    /** For how long a side may be out of sync. */
    static final int LIMIT = 60_000;

    /** The states. */
    enum State { NONE, MONITOR, CHURN }

    private State state = State.MONITOR;
    private long since;
    private long count;

    Churn(long now) {
        this.since = now;
    }

    /**
     * Takes over what is so now.
     *
     * @param enabled whether the link is up
     * @param inSync  whether the side says that it is in sync
     */
    void run(boolean enabled, boolean inSync, long now) {
        if (!enabled || state == State.NONE && !inSync) {
            state = State.MONITOR;
            since = now;
        } else if (inSync) {
            state = State.NONE;
        } else if (state == State.MONITOR && now - since >= LIMIT) {
            state = State.CHURN;
            count++;
        }
    }

    State state() {
        return state;
    }

    /** How often it was found. */
    long count() {
        return count;
    }
}
