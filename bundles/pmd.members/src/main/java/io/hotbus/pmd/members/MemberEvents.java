// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.Port;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What events of ports mean for the members. On {@code control}. */
final class MemberEvents {
    private static final Logger LOG = LoggerFactory.getLogger(MemberEvents.class);

    private final Members members;
    private final String name;
    private final String kind;
    private final MemberFinder finder;
    private final MemberUser user;
    private final HotUnplug hotUnplug;

    /**
     * Creates it for the members of a port.
     *
     * @param name      the device of the port above
     * @param kind      what a member is called in messages
     * @param hotUnplug takes reports on members that cannot be set up again
     */
    MemberEvents(Members members, String name, String kind, MemberFinder finder, MemberUser user,
            HotUnplug hotUnplug) {
        this.members = members;
        this.name = name;
        this.kind = kind;
        this.finder = finder;
        this.user = user;
        this.hotUnplug = hotUnplug;
    }

    /** Handles an event of any port. On {@code control}. */
    void handle(EthEvent event) {
        Port port = event.port();
        if (event.kind() == EthEvent.Kind.INTR_RMV) {
            user.leave(port); // without the lock, which may be held for long
        }
        switch (event.kind()) {
            case NEW -> {
                synchronized (members) {
                    arrived(port);
                }
            }
            case INTR_LSC -> withMember(port, member -> members.refresh());
            case INTR_RESET -> withMember(port, this::reset);
            case INTR_RMV -> withMember(port, member -> {
                member.removals++;
                LOG.warn("{}: {} {} ({}) is gone", name, kind, member.index(), member);
                members.letGo(member, port);
            });
            case DESTROY -> withMember(port, member -> {
                user.leave(port);
                user.takeBack(port);
                member.forgetPort();
                LOG.warn("{}: {} {} ({}) was taken away", name, kind, member.index(), member);
                members.refresh();
            });
        }
    }

    private void withMember(Port port, Consumer<Member> task) {
        synchronized (members) {
            members.all().stream().filter(member -> member.is(port)).findFirst().ifPresent(task);
        }
    }

    /** Takes over a port that this port owns by its claim. */
    private void arrived(Port port) {
        if (!members.isOpen() || port.owner().filter(name::equals).isEmpty()) {
            return;
        }
        for (Member member : members.all()) {
            if (member.port.isEmpty() && finder.matches(member, port)) {
                try {
                    members.adopt(member, port);
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
            members.refresh();
        } catch (DeviceException e) {
            LOG.error("{}: {} {} ({}) is not set up again: {}", name, kind, member.index(), member,
                    e.getMessage());
            hotUnplug.report(port.device(), RemovalCause.RESET_FAILED);
        }
    }
}
