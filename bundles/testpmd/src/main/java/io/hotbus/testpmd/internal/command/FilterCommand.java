// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.cli.Words;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.RxFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Which frames ports receive. Words and their order are those of DPDK's testpmd. */
@Component(service = Verbs.class)
public final class FilterCommand implements Verbs {
    private final PortSelector ports;

    @Activate
    public FilterCommand(@Reference PortRegistry registry) {
        this.ports = new PortSelector(registry);
    }

    @Override
    public List<Verb<?>> verbs() {
        String port = PortSelector.SYNTAX;
        return List.of(
                mode("set promisc " + port + " on|off", "Promiscuous mode",
                        "whether frames for other addresses are received",
                        RxFilter::withPromiscuous),
                mode("set allmulti " + port + " on|off", "Allmulticast mode",
                        "whether frames for all groups are received", RxFilter::withAllMulticast),
                verb("mac_addr set " + port + " MAC", "give the port another address",
                        words -> filter -> filter.withAddress(mac(words))),
                verb("mac_addr add " + port + " MAC", "receive frames for one more address",
                        words -> filter -> filter.plus(mac(words))),
                verb("mac_addr remove " + port + " MAC", "no longer",
                        words -> filter -> filter.minus(mac(words))),
                verb("mcast_addr add " + port + " MAC", "receive the frames for a group",
                        words -> filter -> filter.withGroups(
                                with(filter.groups(), mac(words), true))),
                verb("mcast_addr remove " + port + " MAC", "no longer",
                        words -> filter -> filter.withGroups(
                                with(filter.groups(), mac(words), false))),
                addresses(),
                vlanFilter(),
                vlan("add", "receive the tagged frames of a VLAN, or of all", true),
                vlan("rm", "no longer", false));
    }

    private interface Mode {
        RxFilter set(RxFilter filter, boolean on);
    }

    private interface Change {
        UnaryOperator<RxFilter> of(Words words);
    }

    private Verb<String> mode(String syntax, String name, String help, Mode mode) {
        return ports.named(Verb.of(syntax, help, words -> {
            boolean on = words.get(1).equals("on");
            change(ports.select(words.get(0)), filter -> mode.set(filter, on));
            return name + " is " + words.get(1);
        }));
    }

    private Verb<String> verb(String syntax, String help, Change change) {
        return ports.named(Verb.of(syntax, help, words -> {
            List<Port> selected = ports.select(words.get(0));
            change(selected, change.of(words));
            return told(selected);
        }));
    }

    private Verb<String> addresses() {
        return ports.named(Verb.of("show port ID|NAME macs|mcast_macs",
                "the addresses or the groups that a port receives frames for", words -> {
                    RxFilter filter = ports.select(words.get(0)).get(0).rxFilter();
                    boolean groups = words.get(1).equals("mcast_macs");
                    Collection<MacAddress> all = groups ? filter.groups() : filter.addresses();
                    return "Number of %s address added: %s%s".formatted(
                            groups ? "Multicast MAC" : "MAC", all.size(), all.stream()
                                    .map(mac -> "\n  " + mac).collect(Collectors.joining()));
                }));
    }

    private Verb<String> vlanFilter() {
        return ports.named(Verb.of("vlan set filter on|off " + PortSelector.SYNTAX,
                "whether tagged frames are received of the VLANs of rx_vlan alone", words -> {
                    List<Port> selected = ports.select(words.get(1));
                    boolean on = words.get(0).equals("on");
                    change(selected, filter -> on ? filter.withVlans(vlans(filter))
                            : filter.withAllVlans());
                    return told(selected);
                }));
    }

    private Verb<String> vlan(String word, String help, boolean add) {
        return ports.named(Verb.of("rx_vlan " + word + " VLAN|all " + PortSelector.SYNTAX, help,
                words -> {
                    List<Port> selected = ports.select(words.get(1));
                    Set<Integer> ids = ids(words.get(0));
                    change(selected, filter -> {
                        requireVlanFilter(filter);
                        Set<Integer> next = vlans(filter);
                        if (add) {
                            next.addAll(ids);
                        } else {
                            next.removeAll(ids);
                        }
                        return filter.withVlans(next);
                    });
                    return told(selected);
                }));
    }

    private static void requireVlanFilter(RxFilter filter) {
        if (filter.vlans().isEmpty()) {
            throw new IllegalArgumentException("its VLAN filter is off, so the frames of all VLANs "
                    + "are received ('vlan set filter on' turns it on)");
        }
    }

    private static Set<Integer> vlans(RxFilter filter) {
        return new HashSet<>(filter.vlans().map(Set::copyOf).orElse(Set.of()));
    }

    private static Set<Integer> ids(String word) {
        if (!word.equals("all")) {
            return Set.of(Numbers.parse("VLAN", word, 0, RxFilter.MAX_VLAN));
        }
        Set<Integer> all = new HashSet<>();
        for (int id = 0; id <= RxFilter.MAX_VLAN; id++) {
            all.add(id);
        }
        return all;
    }

    private static MacAddress mac(Words words) {
        return MacAddress.parse(words.get(1)).orElseThrow(() -> new IllegalArgumentException(
                "'%s' is no address (e.g. 02:00:00:00:00:01)".formatted(words.get(1))));
    }

    private static Set<MacAddress> with(Set<MacAddress> groups, MacAddress group, boolean there) {
        Set<MacAddress> next = new HashSet<>(groups);
        if (there) {
            next.add(group);
        } else {
            next.remove(group);
        }
        return next;
    }

    private static String told(List<Port> selected) {
        return String.join("\n", selected.stream().map(PortInfo::filter).toList());
    }

    /** Changes each port that can; the others are named. */
    private static void change(List<Port> ports, UnaryOperator<RxFilter> change)
            throws DeviceException {
        List<String> refusals = new ArrayList<>();
        for (Port port : ports) {
            try {
                port.changeRxFilter(change);
            } catch (DeviceException e) {
                refusals.add(e.getMessage());
            }
        }
        if (!refusals.isEmpty()) {
            throw new DeviceException(String.join("\n", refusals));
        }
    }
}
