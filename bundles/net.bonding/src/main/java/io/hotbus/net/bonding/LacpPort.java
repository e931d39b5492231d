// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * The state machines of LACP for one member: receive, periodic transmission, mux, churn detection
 * and transmit. Time is in milliseconds. One thread at a time. Source: IEEE 802.1AX, 6.4; the times
 * are DPDK's.
 */
final class LacpPort {
    /** The states of the receive machine. */
    enum Receive { DISABLED, EXPIRED, DEFAULTED, CURRENT }

    /** The states of the mux machine, with independent control of both directions. */
    enum Mux { DETACHED, WAITING, ATTACHED, COLLECTING, DISTRIBUTING }

    /**
     * The ports that can be aggregated with this one have an equal object.
     *
     * @param key            the own key
     * @param systemPriority the partner's
     * @param system         the partner
     * @param partnerKey     the partner's key
     */
    record Group(int key, int systemPriority, MacAddress system, int partnerKey) {
    }

    private static final int FAST_PERIODIC = 900;
    private static final int SLOW_PERIODIC = 29_000;
    private static final int SHORT_TIMEOUT = 3000;
    private static final int LONG_TIMEOUT = 90_000;
    private static final int AGGREGATE_WAIT = 2000;
    /** At most three frames in a second. */
    private static final int TRANSMIT_GAP = 334;
    /** What both sides must agree on. */
    private static final int TOLD = Participant.ACTIVITY | Participant.TIMEOUT
            | Participant.SYNCHRONIZATION | Participant.AGGREGATION;

    private final Churn actorChurn;
    private final Churn partnerChurn;
    private Participant actor;
    private Participant partner = Participant.UNKNOWN;
    private Link link = Link.DOWN;
    private Receive receive = Receive.DISABLED;
    private Mux mux = Mux.DETACHED;
    /** When the partner's information expires. */
    private long currentUntil;
    private long waitUntil;
    private long lastPeriodic;
    private long lastSent;
    private boolean needToTransmit;
    /** The aggregator that the bond uses. */
    private Optional<Group> selected = Optional.empty();
    /** The one that the mux is attached to, or about to be. */
    private Optional<Group> attached = Optional.empty();

    /** @param actor this side; of its state, the flags of activity and timeout count */
    LacpPort(Participant actor, long now) {
        this.actor = actor.with(Participant.DEFAULTED, true);
        this.lastPeriodic = now - SLOW_PERIODIC;
        this.lastSent = now - SLOW_PERIODIC;
        this.actorChurn = new Churn(now);
        this.partnerChurn = new Churn(now);
    }

    /** Follows the link of the member. */
    void setLink(Link next, long now) {
        if (next.equals(link)) {
            return;
        }
        boolean wasUp = link.up();
        link = next;
        if (next.up()) {
            actor = actor.withKey(LacpKey.of(next))
                    .with(Participant.AGGREGATION, next.fullDuplex());
            needToTransmit = true;
        }
        if (next.up() && !wasUp) {
            expire(now);
        } else if (!next.up()) {
            receive = Receive.DISABLED;
            partner = partner.with(Participant.SYNCHRONIZATION, false);
        }
    }

    private void expire(long now) {
        receive = Receive.EXPIRED;
        partner = partner.with(Participant.SYNCHRONIZATION, false)
                .with(Participant.TIMEOUT, true);
        actor = actor.with(Participant.EXPIRED, true);
        currentUntil = now + SHORT_TIMEOUT;
    }

    private void forgetPartner() {
        receive = Receive.DEFAULTED;
        partner = Participant.UNKNOWN;
        actor = actor.with(Participant.DEFAULTED, true).with(Participant.EXPIRED, false);
    }

    /** Takes over what the partner sent. */
    void received(LacpPdu pdu, long now) {
        if (receive == Receive.DISABLED) {
            return;
        }
        boolean knowsUs = pdu.partner().isSame(actor);
        needToTransmit |= !knowsUs || (pdu.partner().state() & TOLD) != (actor.state() & TOLD);
        boolean agreed = knowsUs || !pdu.actor().is(Participant.AGGREGATION);
        partner = pdu.actor().with(Participant.SYNCHRONIZATION,
                agreed && pdu.actor().is(Participant.SYNCHRONIZATION));
        actor = actor.with(Participant.DEFAULTED | Participant.EXPIRED, false);
        receive = Receive.CURRENT;
        currentUntil = now + (actor.is(Participant.TIMEOUT) ? SHORT_TIMEOUT : LONG_TIMEOUT);
    }

    /** What it can be aggregated with; empty while it has no partner, or is its own partner. */
    Optional<Group> group() {
        boolean alone = receive == Receive.DISABLED || receive == Receive.DEFAULTED
                || actor.is(Participant.DEFAULTED) || partner.system().equals(actor.system())
                || !actor.is(Participant.AGGREGATION) || !partner.is(Participant.AGGREGATION);
        return alone ? Optional.empty() : Optional.of(new Group(actor.key(),
                partner.systemPriority(), partner.system(), partner.key()));
    }

    /** Tells which aggregator the bond uses. */
    void select(Optional<Group> aggregator) {
        selected = aggregator;
    }

    /** Whether it belongs to the aggregator that the bond uses. */
    boolean isSelected() {
        return selected.isPresent() && selected.equals(group());
    }

    /** Runs the machines. Returns what is to be sent now. */
    Optional<LacpPdu> run(long now) {
        if (now >= currentUntil && receive == Receive.CURRENT) {
            expire(now);
        } else if (now >= currentUntil && receive == Receive.EXPIRED) {
            forgetPartner();
        }
        while (stepMux(now)) {
            actor = actor.with(Participant.SYNCHRONIZATION, mux.compareTo(Mux.ATTACHED) >= 0)
                    .with(Participant.COLLECTING, mux.compareTo(Mux.COLLECTING) >= 0)
                    .with(Participant.DISTRIBUTING, mux == Mux.DISTRIBUTING);
            needToTransmit |= mux != Mux.WAITING;
        }
        actorChurn.run(link.up(), actor.is(Participant.SYNCHRONIZATION), now);
        partnerChurn.run(link.up(), partner.is(Participant.SYNCHRONIZATION), now);
        return transmit(now);
    }

    /** Returns whether the mux machine has got into another state. */
    private boolean stepMux(long now) {
        Mux before = mux;
        boolean stays = isSelected() && Objects.equals(attached, selected);
        boolean inSync = stays && partner.is(Participant.SYNCHRONIZATION);
        switch (mux) {
            case DETACHED -> {
                attached = isSelected() ? selected : Optional.empty();
                waitUntil = now + AGGREGATE_WAIT;
                mux = isSelected() ? Mux.WAITING : Mux.DETACHED;
            }
            case WAITING -> mux = !stays ? Mux.DETACHED
                    : now >= waitUntil ? Mux.ATTACHED : Mux.WAITING;
            case ATTACHED -> mux = !stays ? Mux.DETACHED : inSync ? Mux.COLLECTING : Mux.ATTACHED;
            case COLLECTING -> mux = !inSync ? Mux.ATTACHED
                    : partner.is(Participant.COLLECTING) ? Mux.DISTRIBUTING : Mux.COLLECTING;
            case DISTRIBUTING -> mux = inSync && partner.is(Participant.COLLECTING)
                    ? Mux.DISTRIBUTING : Mux.COLLECTING;
        }
        return mux != before;
    }

    private Optional<LacpPdu> transmit(long now) {
        if (receive == Receive.DISABLED) {
            return Optional.empty();
        }
        int period = partner.is(Participant.TIMEOUT) ? FAST_PERIODIC : SLOW_PERIODIC;
        if (now - lastPeriodic >= period) {
            needToTransmit = true;
        }
        if (!needToTransmit || now - lastSent < TRANSMIT_GAP) {
            return Optional.empty();
        }
        needToTransmit = false;
        lastSent = now;
        lastPeriodic = now;
        return Optional.of(new LacpPdu(actor, partner));
    }

    /** Tells the partner that this member leaves: nothing can be aggregated with it. */
    LacpPdu farewell() {
        return new LacpPdu(actor.withState(actor.state() & Participant.ACTIVITY), partner);
    }

    Link link() {
        return link;
    }

    Participant actor() {
        return actor;
    }

    Participant partner() {
        return partner;
    }

    Receive receiveState() {
        return receive;
    }

    Mux muxState() {
        return mux;
    }

    /** Whether this side gets in sync. */
    Churn actorChurn() {
        return actorChurn;
    }

    /** Whether the partner gets in sync. */
    Churn partnerChurn() {
        return partnerChurn;
    }

    /** Whether packets of this member are for the application. */
    boolean collecting() {
        return mux.compareTo(Mux.COLLECTING) >= 0;
    }

    /** Whether packets may be sent through this member. */
    boolean distributing() {
        return mux == Mux.DISTRIBUTING;
    }
}
