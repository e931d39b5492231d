// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RssLimits;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What all members can do, which is what the port offers. */
public final class CommonInfo {
    /** What a port offers while no member is there: what most NICs can do. No offloads. */
    private static final QueueLimits QUEUES = new QueueLimits(16, 64, 4096);
    private static final int MAX_MTU = 9000;
    private static final RxFilterLimits FILTER = new RxFilterLimits(16, true, 64, true, true, true);

    private CommonInfo() {
    }

    /**
     * The facts of a port.
     *
     * @param driver its driver
     * @param mac    its address
     * @param members the facts of the members that are there now
     */
    public static EthDevInfo of(String driver, MacAddress mac, List<EthDevInfo> members) {
        EthDevInfo all = members.stream().reduce(CommonInfo::both).orElseGet(
                () -> new EthDevInfo(driver, mac, QUEUES)
                        .withMaxMtu(MAX_MTU).withFilter(FILTER));
        return new EthDevInfo(driver, mac, all.rx(), all.tx(), all.mtu(),
                all.maxMtu(), all.filter(), all.rxOffloads(), all.txOffloads(), all.rss(),
                Optional.empty());
    }

    private static EthDevInfo both(EthDevInfo a, EthDevInfo b) {
        Set<RxOffload> receive = EnumSet.noneOf(RxOffload.class);
        receive.addAll(a.rxOffloads());
        receive.retainAll(b.rxOffloads());
        Set<TxOffload> transmit = EnumSet.noneOf(TxOffload.class);
        transmit.addAll(a.txOffloads());
        transmit.retainAll(b.txOffloads());
        return new EthDevInfo(a.driver(), a.macAddress(), both(a.rx(), b.rx()),
                both(a.tx(), b.tx()), Math.min(a.mtu(), b.mtu()),
                Math.min(a.maxMtu(), b.maxMtu()), both(a.filter(), b.filter()), receive, transmit,
                both(a.rss(), b.rss()), Optional.empty());
    }

    private static QueueLimits both(QueueLimits a, QueueLimits b) {
        int least = Math.max(a.minDescriptors(), b.minDescriptors());
        // Where no number suits both, each member takes what is nearest.
        return new QueueLimits(Math.min(a.maxQueues(), b.maxQueues()), least,
                Math.max(least, Math.min(a.maxDescriptors(), b.maxDescriptors())),
                a.preferredBurst());
    }

    private static RxFilterLimits both(RxFilterLimits a, RxFilterLimits b) {
        return new RxFilterLimits(Math.min(a.addresses(), b.addresses()),
                a.ownAddress() && b.ownAddress(), Math.min(a.groups(), b.groups()),
                a.promiscuous() && b.promiscuous(), a.allMulticast() && b.allMulticast(),
                a.vlans() && b.vlans());
    }

    private static RssLimits both(RssLimits a, RssLimits b) {
        Set<RssHash> hashes = EnumSet.noneOf(RssHash.class);
        hashes.addAll(a.hashes());
        hashes.retainAll(b.hashes());
        return hashes.isEmpty() || a.key() != b.key() || a.table() != b.table()
                ? RssLimits.NONE : new RssLimits(hashes, a.key(), a.table());
    }
}
