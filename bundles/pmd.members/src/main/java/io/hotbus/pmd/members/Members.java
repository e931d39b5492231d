// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.ExpectedDevice;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxFilter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
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
    private final MemberServices services;
    private final MemberUser user;
    private final MemberFinder finder;
    private final MemberSetup setup;
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
        this.services = services;
        this.user = user;
        this.setup = new MemberSetup(name, kind, user);
        this.finder = new MemberFinder(this, name, kind, services);
        sources.forEach(source -> all.add(new Member(added++, source)));
        // Called for each new port, perhaps under the lock of a bus.
        this.claim = services.ports().claim(name, (device, info) ->
                all.stream().anyMatch(member -> finder.matches(member, device, info)));
    }

    /** Looks for each member that is away, and attaches those that are there. */
    public void look() {
        for (Member member : all()) {
            if (isAway(member)) {
                look(member);
            }
        }
        refresh();
    }

    private synchronized boolean isAway(Member member) {
        return !closed && all.contains(member) && member.port.isEmpty();
    }

    private void look(Member member) {
        Optional<Devargs> now = Optional.empty();
        String failure = "";
        try {
            now = member.source().devargs(); // may take a while: without the lock
        } catch (DeviceException e) {
            failure = e.getMessage();
        }
        synchronized (this) {
            if (!failure.isEmpty()) {
                finder.isNotThere(member, failure);
            } else if (isAway(member)) {
                finder.look(member, now);
            }
        }
    }

    /** Attaches the device of a member that has returned. */
    synchronized void attach(Member member, Devargs devargs) throws DeviceException {
        if (all.contains(member)) {
            finder.attach(member, devargs);
        }
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
        Port port = event.port();
        if (event.kind() == EthEvent.Kind.INTR_RMV) {
            user.leave(port); // without the lock, which may be held for long
        }
        switch (event.kind()) {
            case NEW -> arrived(port);
            case INTR_LSC -> withMember(port, member -> refresh());
            case INTR_RESET -> withMember(port, this::reset);
            case INTR_RMV -> withMember(port, member -> {
                member.removals++;
                LOG.warn("{}: {} {} ({}) is gone", name, kind, member.index(), member);
                letGo(member, port);
            });
            case DESTROY -> withMember(port, member -> {
                user.leave(port);
                user.takeBack(port);
                member.forgetPort();
                LOG.warn("{}: {} {} ({}) was taken away", name, kind, member.index(), member);
                refresh();
            });
        }
    }

    private synchronized void withMember(Port port, Consumer<Member> task) {
        all.stream().filter(member -> member.is(port)).findFirst().ifPresent(task);
    }

    /** Takes over a port that this port owns by its claim. */
    private synchronized void arrived(Port port) {
        if (closed || port.owner().filter(name::equals).isEmpty()) {
            return;
        }
        for (Member member : all) {
            if (member.port.isEmpty() && finder.matches(member, port)) {
                try {
                    adopt(member, port);
                } catch (DeviceException e) {
                    member.failure = e.getMessage();
                    LOG.error("{}: {} {} ({}): {}", name, kind, member.index(), member,
                            e.getMessage());
                    finder.detach(port.device());
                }
                return;
            }
        }
    }

    /** Sets a member up again that has lost its state. */
    private void reset(Member member) {
        Port port = member.port.orElseThrow();
        user.pause(port);
        try {
            port.stop();
            user.takeBack(port);
            port.start();
            refresh();
        } catch (DeviceException e) {
            LOG.error("{}: {} {} ({}) is not set up again: {}", name, kind, member.index(), member,
                    e.getMessage());
            services.hotUnplug().report(port.device(), RemovalCause.RESET_FAILED);
        }
    }

    /** Stops using the port, closes it and detaches its device. */
    private void letGo(Member member, Port port) {
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
