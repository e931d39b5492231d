// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Makes what a port is set to possible for a member, as far as it can be. What a
 * member lacks and the application can do without is left out and told; the rest is an error.
 * Control threads.
 */
public final class MemberSettings {
    private final Port port;
    private final EthDevInfo info;
    private final List<String> lacking = new ArrayList<>();

    /** For the member that {@code port} is. */
    public MemberSettings(Port port) {
        this.port = port;
        this.info = port.info();
    }

    /** What the member cannot do of what was asked so far, in words. */
    public List<String> lacking() {
        return List.copyOf(lacking);
    }

    /**
     * The configuration for the member.
     *
     * @throws DeviceException it has too few queues, or lacks an offload that packets may ask for
     */
    public PortConfig config(PortConfig wanted) throws DeviceException {
        requireQueues("receive", wanted.rxQueues(), info.rx());
        requireQueues("transmit", wanted.txQueues(), info.tx());
        Set<TxOffload> missing = minus(wanted.txOffloads(), info.txOffloads());
        if (!missing.isEmpty()) {
            throw new DeviceException(("%s: it lacks the transmit offloads %s, which packets of "
                    + "this port may ask for").formatted(port.name(), words(missing)));
        }
        Set<RxOffload> dropped = minus(wanted.rxOffloads(), info.rxOffloads());
        if (!dropped.isEmpty()) {
            lacking.add("receive offloads " + words(dropped));
        }
        Set<RxOffload> receive = new TreeSet<>(wanted.rxOffloads());
        receive.removeAll(dropped);
        return new PortConfig(wanted.rxQueues(), wanted.txQueues(),
                descriptors(wanted.rxDescriptors(), info.rx()),
                descriptors(wanted.txDescriptors(), info.tx()), wanted.pool(), receive,
                wanted.txOffloads(), rss(wanted.rss()));
    }

    private void requireQueues(String direction, int wanted, QueueLimits limits)
            throws DeviceException {
        if (wanted > limits.maxQueues()) {
            throw new DeviceException("%s: it has %s %s queue(s), and the port uses %s".formatted(
                    port.name(), limits.maxQueues(), direction, wanted));
        }
    }

    private static int descriptors(int wanted, QueueLimits limits) {
        return Math.max(limits.minDescriptors(), Math.min(limits.maxDescriptors(), wanted));
    }

    private RssConfig rss(RssConfig wanted) {
        Set<RssHash> hashes = new TreeSet<>(wanted.hashes());
        hashes.retainAll(info.rss().hashes());
        if (hashes.size() < wanted.hashes().size()) {
            lacking.add("RSS of " + words(minus(wanted.hashes(), hashes)));
        }
        boolean keyFits = wanted.key().isEmpty() || wanted.key().size() == info.rss().key();
        boolean tableFits =
                wanted.table().isEmpty() || wanted.table().size() == info.rss().table();
        if (!hashes.isEmpty() && !(keyFits && tableFits)) {
            lacking.add("RSS with a key or table of this size: it uses its own");
        }
        return hashes.isEmpty() ? RssConfig.OFF : new RssConfig(hashes,
                keyFits ? wanted.key() : List.of(), tableFits ? wanted.table() : List.of());
    }

    /** The filter for the member, which receives more where it cannot filter like that. */
    public RxFilter filter(RxFilter wanted) {
        RxFilterLimits limits = info.filter();
        MacAddress own = wanted.address();
        if (!limits.ownAddress() && !own.equals(port.macAddress())) {
            own = port.macAddress();
            tellUnless(limits.addresses() == 0, "another address of its own: it keeps " + own);
        }
        boolean more = !own.equals(wanted.address())
                || wanted.addresses().size() > Math.max(1, limits.addresses());
        boolean allGroups = wanted.allMulticast() || wanted.groups().size() > limits.groups();
        boolean promiscuous = limits.addresses() == 0 || limits.promiscuous()
                && (wanted.promiscuous() || more || allGroups && !limits.allMulticast());
        boolean all = promiscuous;
        tellUnless(all || !wanted.promiscuous(), "promiscuous mode");
        tellUnless(all || !more, "frames for " + wanted.addresses());
        tellUnless(all || limits.allMulticast() || !allGroups, "multicast frames");
        tellUnless(limits.vlans() || wanted.vlans().isEmpty(), "a VLAN filter");
        List<MacAddress> addresses = new ArrayList<>(List.of(own));
        if (!more) {
            addresses.addAll(wanted.addresses());
        }
        return new RxFilter(addresses, allGroups ? Set.of() : wanted.groups(), promiscuous,
                allGroups && limits.allMulticast(),
                limits.vlans() ? wanted.vlans() : Optional.empty());
    }

    private void tellUnless(boolean possible, String what) {
        if (!possible) {
            lacking.add(what);
        }
    }

    private static <E extends Enum<E>> Set<E> minus(Set<E> from, Set<E> what) {
        Set<E> rest = new TreeSet<>(from);
        rest.removeAll(what);
        return rest;
    }

    private static String words(Collection<? extends Enum<?>> values) {
        return values.stream().map(value -> value.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
