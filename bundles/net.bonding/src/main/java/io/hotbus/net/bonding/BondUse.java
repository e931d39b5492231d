// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.pmd.members.Member;
import io.hotbus.pmd.members.MemberUser;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which members a bond uses, and how. Guarded by {@link io.hotbus.pmd.members.Members}, but
 * for {@link #leave} and what is read by any thread.
 */
final class BondUse implements MemberUser {
    private static final Logger LOG = LoggerFactory.getLogger(BondUse.class);

    private final String name;
    private final BondPaths paths;
    private final Lacp lacp;
    private final AlbClients clients;
    private final Loads<Member> loads = new Loads<>();
    private final LinkDelays<Member> delays;
    private final LongSupplier clock;
    private final Runnable onLinkChange;
    private final Runnable onAddressChange;
    private BondMode mode;
    private XmitPolicy policy;
    private Optional<String> primary;
    /** In modes 1, 5 and 6: the member that has the address of the bond. */
    private Optional<Member> current = Optional.empty();
    private List<Member> active = List.of();
    private MacAddress address = new MacAddress(0);
    private volatile Link link = Link.DOWN;

    /**
     * Creates it, without members.
     *
     * @param clock           in milliseconds
     * @param onLinkChange    called when the link has changed
     * @param onAddressChange called when members shall have other addresses
     */
    BondUse(String name, BondArgs args, BondPaths paths, Lacp lacp, AlbClients clients,
            LongSupplier clock, Runnable onLinkChange, Runnable onAddressChange) {
        this.name = name;
        this.paths = paths;
        this.lacp = lacp;
        this.clients = clients;
        this.delays = new LinkDelays<>(args.upDelay(), args.downDelay());
        this.clock = clock;
        this.onLinkChange = onLinkChange;
        this.onAddressChange = onAddressChange;
        this.mode = args.mode();
        this.policy = args.policy();
        this.primary = args.primary();
    }

    @Override
    public void use(List<Member> started) {
        long now = clock.getAsLong();
        delays.keep(started);
        Map<Member, Link> links = new LinkedHashMap<>();
        for (Member member : started) {
            boolean up = delays.isUp(member, member.link().up(), now);
            links.put(member, up ? member.link() : Link.DOWN);
        }
        if (mode == BondMode.LACP) {
            lacp.run(links, now);
        }
        List<Member> before = active;
        active = started.stream().filter(member -> mode == BondMode.LACP
                ? lacp.distributing(member) : links.get(member).up()).toList();
        Optional<Member> previous = current;
        current = mode.hasPrimary() ? preferred(active) : Optional.empty();
        Plan plan = plan(started, now);
        paths.use(plan);
        clients.run(plan, paths);
        if (!before.equals(active)) {
            LOG.info("{}: active members: {}", name, active);
        }
        if (!previous.equals(current)) {
            LOG.info("{}: {} is used", name, current.map(Member::toString).orElse("no member"));
            onAddressChange.run();
        }
        setLink(active.stream().map(links::get).toList());
    }

    private Optional<Member> preferred(List<Member> up) {
        return up.stream().filter(this::isPrimary).findFirst()
                .or(() -> current.filter(up::contains))
                .or(() -> up.stream().findFirst());
    }

    private boolean isPrimary(Member member) {
        return primary.filter(own -> own.equals(member.toString())
                || own.equals(member.source().toString())).isPresent();
    }

    private Plan plan(List<Member> started, long now) {
        // What a switch floods would be received twice in modes 1 and 5.
        List<Member> receiving = mode.hasPrimary() && mode != BondMode.ALB
                ? current.stream().toList() : started;
        boolean alone = mode == BondMode.ACTIVE_BACKUP && current.isPresent();
        return new Plan(mode, policy, receiving.stream().map(member -> new Plan.Receiver(
                port(member), member.index(), isCollecting(member))).toList(),
                alone ? List.of(port(current.get())) : active.stream().map(BondUse::port).toList(),
                alone ? active.stream().filter(member -> member != current.get())
                        .map(BondUse::port).toList() : List.of(),
                mode.balancesLoad() ? balance(started, now) : new Plan.Balance(address));
    }

    /** What a member has that has lost its link, has come before. */
    private boolean isCollecting(Member member) {
        return mode != BondMode.LACP || !member.link().up() || lacp.collecting(member);
    }

    private Plan.Balance balance(List<Member> started, long now) {
        Map<Port, MacAddress> addresses = new LinkedHashMap<>();
        started.forEach(member -> addresses.put(
                port(member), addressOf(member, port(member), address)));
        Map<Member, Loads.Load> sending = new LinkedHashMap<>();
        active.forEach(member -> sending.put(member, new Loads.Load(
                port(member).stats().txBytes(), member.link().speedMbps())));
        return new Plan.Balance(address, addresses, loads.order(active, sending, now));
    }

    /** All but one of the members keep their own address, in a mode with a primary. */
    private MacAddress addressOf(Member member, Port port, MacAddress bond) {
        MacAddress own = port.info().macAddress();
        if (current.filter(member::equals).isPresent()) {
            return bond;
        }
        // The bond may have the address of this member: the other one that uses it gives its own.
        return own.equals(bond)
                ? current.map(other -> port(other).info().macAddress()).orElse(own) : own;
    }

    private static Port port(Member member) {
        return member.port().orElseThrow();
    }

    private void setLink(List<Link> up) {
        Link next = up.isEmpty() ? Link.DOWN : switch (mode) {
            case ACTIVE_BACKUP -> current.map(Member::link).orElse(Link.DOWN);
            case BROADCAST -> new Link(true,
                    up.stream().mapToInt(Link::speedMbps).min().orElse(0), true);
            default -> new Link(true, up.stream().mapToInt(Link::speedMbps).sum(), true);
        };
        boolean changed = next.up() != link.up();
        link = next;
        if (changed) {
            onLinkChange.run();
        }
    }

    @Override
    public void leave(Port port) {
        paths.leave(port);
    }

    @Override
    public void takeBack(Port port) {
        paths.takeBack(port);
    }

    @Override
    public void pause(Port port) {
        paths.pause(port);
    }

    /** A member that keeps its own address receives what is sent to it, and no more. */
    @Override
    public RxFilter filter(Member member, Port port, RxFilter wanted) {
        if (mode == BondMode.LACP) {
            Set<MacAddress> groups = new LinkedHashSet<>(wanted.groups());
            groups.add(LacpPdu.DESTINATION);
            return wanted.withGroups(groups);
        }
        boolean keeps = mode.hasPrimary() && current.filter(member::equals).isEmpty();
        return keeps ? wanted.withAddress(addressOf(member, port, wanted.address()))
                .withPromiscuous(false).withAllMulticast(false) : wanted;
    }

    /** The link of the bond. Any thread. */
    Link link() {
        return link;
    }

    void setMode(BondMode next) {
        mode = next;
    }

    /** The address of the bond. */
    void setAddress(MacAddress next) {
        address = next;
    }

    void setPolicy(XmitPolicy next) {
        policy = next;
    }

    void setPrimary(String member) {
        primary = Optional.of(member);
    }

    BondMode mode() {
        return mode;
    }

    XmitPolicy policy() {
        return policy;
    }

    /** The members that packets are sent through; in mode 1 those that could be. */
    List<Member> active() {
        return active;
    }

    /** The member with the address of the bond, or that would be preferred: modes 1, 5, 6. */
    Optional<String> primary() {
        return current.map(Member::toString).or(() -> primary);
    }

    AlbClients clients() {
        return clients;
    }

    Lacp lacp() {
        return lacp;
    }
}
