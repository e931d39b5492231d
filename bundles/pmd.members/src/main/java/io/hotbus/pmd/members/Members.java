// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.ExpectedDevice;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxFilter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members of a port: expects them, takes over their ports, keeps them in the state that the
 * port above is in, and lets go of those that are gone. Control threads.
 *
 * <p>The lock is held while members are set up, started and stopped. No thread that holds the lock
 * of a member's bus takes it; {@link #release} only calls {@link MemberUser#leave}.
 */
public final class Members {
    private static final Logger LOG = LoggerFactory.getLogger(Members.class);

    private final String name;
    private final String kind;
    private final MemberUser user;
    private final MemberFinder finder;
    private final MemberSetup setup;
    private final MemberEvents events;
    private final List<Member> all = new CopyOnWriteArrayList<>();
    private final MemberStats stats = new MemberStats();
    private final Lease claim;
    private int added;
    private boolean started;
    private boolean closed;

    /**
     * Claims the ports of the members from now on.
     *
     * @param name    the device of the port above, which owns them
     * @param kind    what a member is called in messages
     * @param sources the first members
     */
    public Members(String name, String kind, MemberServices services, List<MemberSource> sources,
            MemberUser user) {
        this.name = name;
        this.kind = kind;
        this.user = user;
        this.setup = new MemberSetup(name, kind, user);
        this.finder = new MemberFinder(this, name, kind, services);
        this.events = new MemberEvents(this, name, kind, finder, user, services.hotUnplug());
        sources.forEach(source -> all.add(new Member(added++, source)));
        // Called for each new port, perhaps under the lock of a bus.
        this.claim = services.ports().claim(name, (device, info) ->
                all.stream().anyMatch(member -> finder.matches(member, device, info)));
    }

    /** Looks for each member that is away, and attaches those that are there. */
    public void look() {
        all().forEach(finder::look);
        refresh();
    }

    /** Whether the member is still one, and its device is not there. With the lock. */
    boolean isAway(Member member) {
        return !closed && all.contains(member) && member.port.isEmpty();
    }

    /** Whether a port that comes now may be taken over. With the lock. */
    boolean isOpen() {
        return !closed;
    }

    /** Takes over the port of a member. Idempotent. With the lock. */
    void adopt(Member member, Port port) throws DeviceException {
        if (member.port.isPresent()) {
            return;
        }
        port.own(name);
        setup.apply(member, port);
        if (started) {
            port.start();
        }
        member.started = started;
        member.port = Optional.of(port);
        member.failure = "";
        member.adoptions++;
        if (member.source().device().isPresent() && member.expected.isEmpty()) {
            finder.expect(member, Optional.of(port.device().devargs()));
        }
        LOG.info("{}: {} {} ({}) is there{}", name, kind, member.index(), port.name(),
                started ? ", and started" : "");
        refresh();
    }

    /** Adds a member, and attaches its device if it is there. */
    public synchronized Member add(MemberSource source) {
        Member member = new Member(added++, source);
        all.add(member);
        look();
        return member;
    }

    /** Lets go of a member for good. */
    public synchronized void remove(Member member) {
        member.expected.ifPresent(ExpectedDevice::close);
        member.port.ifPresent(port -> letGo(member, port));
        all.remove(member);
        stats.keep(member);
        refresh();
    }

    /** The number to mark received packets with. */
    public synchronized void portAssigned(int id) {
        setup.portAssigned(id);
    }

    /**
     * Sets up the members that are there, and those that come, like that.
     *
     * @throws DeviceException it failed for all that are there
     */
    public synchronized void configure(PortConfig next, int nextMtu, RxFilter nextFilter)
            throws DeviceException {
        setup.configure(next, nextMtu, nextFilter);
        forEachPort("set up", setup::apply);
    }

    /**
     * Starts those that are there, and from now on those that come.
     *
     * @throws DeviceException it failed for all that are there
     */
    public synchronized void start(int nextMtu, RxFilter nextFilter) throws DeviceException {
        setup.change(nextMtu, nextFilter);
        forEachPort("started", (member, port) -> {
            setup.applyMtu(port);
            port.start();
            member.started = true;
        });
        started = true;
        refresh();
    }

    /** Stops all. There are no bursts. */
    public synchronized void stop() {
        started = false;
        user.use(List.of());
        for (Member member : all) {
            member.started = false;
            member.port.ifPresent(Port::stop);
        }
    }

    /**
     * Receives these frames from now on.
     *
     * @throws DeviceException it failed for all that are there
     */
    public synchronized void setFilter(RxFilter next) throws DeviceException {
        setup.change(next);
        forEachPort("told its filter", setup::applyFilter);
    }

    /** Asks for the filter of each member again. One that does not take it is used as it is. */
    public synchronized void filterAgain() {
        for (Member member : all) {
            try {
                if (member.port.isPresent()) {
                    setup.applyFilter(member, member.port.get());
                }
            } catch (DeviceException e) {
                LOG.warn("{}: {} {} ({}): {}", name, kind, member.index(), member, e.getMessage());
            }
        }
    }

    @FunctionalInterface
    private interface Step {
        void run(Member member, Port port) throws DeviceException;
    }

    /**
     * Runs {@code step} for each port that is there. One that fails is let go.
     *
     * @throws DeviceException all that are there have failed
     */
    private void forEachPort(String doing, Step step) throws DeviceException {
        DeviceException failure = null;
        boolean done = false;
        for (Member member : all) {
            if (member.port.isEmpty()) {
                continue;
            }
            Port port = member.port.get();
            try {
                step.run(member, port);
                done = true;
            } catch (DeviceException e) {
                LOG.error("{}: {} {} ({}) cannot be {}: {}", name, kind, member.index(), member,
                        doing, e.getMessage());
                letGo(member, port);
                member.failure = e.getMessage();
                failure = e;
            }
        }
        if (failure != null && !done) {
            throw failure;
        }
    }

    /** Handles an event of any port. On {@code control}. */
    public void onEthEvent(EthEvent event) {
        events.handle(event);
    }

    /** Stops using the port, closes it and detaches its device. With the lock. */
    void letGo(Member member, Port port) {
        user.leave(port);
        port.stop();
        user.takeBack(port);
        port.close();
        member.forgetPort();
        refresh();
        finder.detach(port.device());
    }

    /**
     * Keeps lcores off {@code port}, which its driver is about to close. May be called under the
     * lock of a bus. See {@link io.hotbus.ethdev.PortUser}.
     */
    public void release(Port port) {
        user.leave(port);
    }

    /** Sends through others what {@code port}, which is released and stopped, has not sent. */
    public void takeBack(Port port) {
        user.takeBack(port);
    }

    /** Reads the links, and has the members used that are started. */
    public synchronized void refresh() {
        for (Member member : all) {
            member.link = member.port.map(Port::link).orElse(member.link);
        }
        user.use(all.stream().filter(member -> member.started && member.port.isPresent())
                .toList());
    }

    /** The members. Use them under the lock of this object. */
    public List<Member> all() {
        return List.copyOf(all);
    }

    /**
     * The sums over all members so far, which never go back.
     *
     * @param more what is added to them
     */
    public synchronized EthStats stats(EthStats more) {
        return stats.of(all, more);
    }

    /** Counts from zero from now on. */
    public synchronized void resetStats() {
        all.forEach(Member::resetStats);
        stats.reset();
    }

    /** Lets go of all members. Idempotent. */
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        claim.close();
        for (Member member : all) {
            member.expected.ifPresent(ExpectedDevice::close);
            member.port.ifPresent(port -> {
                letGo(member, port);
                port.disown(name);
            });
        }
    }
}
