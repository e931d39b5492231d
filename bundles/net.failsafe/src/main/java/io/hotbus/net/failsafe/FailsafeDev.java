// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.eth.LocalMac;
import io.hotbus.pmd.members.AbstractMembersDev;
import io.hotbus.pmd.members.CommonInfo;
import io.hotbus.pmd.members.Member;
import io.hotbus.pmd.members.MemberServices;
import io.hotbus.pmd.members.Members;
import io.hotbus.pmd.members.MembersRxQueue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A failsafe port: it is there and works as long as one of its sub-devices does. */
final class FailsafeDev extends AbstractMembersDev {
    /** Locally administered: "FS" and the number of the device. */
    private static final long MAC_PREFIX = 0x02_00_46_53_00_00L;
    /** How many descriptors of sub-devices can be taken back at least. */
    private static final int MIN_CAPACITY = 4096;

    private final FailsafeArgs args;
    private final MemberServices services;
    private final MempoolCaches uncached;
    private final Paths paths;
    private final Members subs;
    private final EthDevInfo info;
    private final Lease polls;
    private final List<MembersRxQueue> rx = new ArrayList<>();
    private final List<FailsafeTxQueue> tx = new ArrayList<>();
    /** By transmit queue: the packets that were sent again. */
    private final List<QueueCounters> replayed = new CopyOnWriteArrayList<>();
    private final QueueCounters dropped = new QueueCounters();
    private int mtu;
    private RxFilter filter;

    /**
     * Attaches the sub-devices that are there, and expects the others.
     *
     * @param name the name of the device
     */
    FailsafeDev(String name, FailsafeArgs args, MemberServices services) {
        super(services);
        this.args = args;
        this.services = services;
        this.uncached = services.mempools().uncached();
        this.paths = new Paths(name, services.barrier(), uncached);
        this.subs = new Members(name, "sub-device", services, args.subDevices(),
                new Preference(paths, this::linkChanged));
        subs.look();
        List<EthDevInfo> present = present();
        MacAddress mac = args.mac().or(() -> present.stream().map(EthDevInfo::macAddress)
                .findFirst()).orElseGet(() -> LocalMac.of(MAC_PREFIX, name));
        this.info = CommonInfo.of(FailsafeDriver.NAME, mac, present);
        this.mtu = info.mtu();
        this.filter = info.filter().initial(mac);
        this.polls = services.interrupt().every(
                args.poll(), () -> services.control().execute(this, this::look));
    }

    private void look() {
        subs.look();
        paths.sendWaiting();
    }

    @Override
    protected Members members() {
        return subs;
    }

    /** The port that is sent through now, or null. Any thread. */
    Port sender() {
        return paths.sender();
    }

    @Override
    public EthDevInfo info() {
        return info;
    }

    /** The sub-devices reserve their own buffers. */
    @Override
    public int maxRxBuffers(int descriptors) {
        return 0;
    }

    /** Packets that wait to be sent again. */
    @Override
    public int maxTxBuffers(int descriptors) {
        return descriptors;
    }

    @Override
    public void configure(PortConfig config) throws DeviceException {
        discard();
        paths.setQueues(List.of(), List.of());
        rx.clear();
        tx.clear();
        subs.configure(config, mtu, filter);
    }

    @Override
    public RxQueue setupRxQueue(int index, int descriptors, Mempool pool) {
        MembersRxQueue queue = new MembersRxQueue(index, services.barrier().gate());
        rx.add(queue);
        paths.setQueues(rx, tx);
        return queue;
    }

    @Override
    public TxQueue setupTxQueue(int index, int descriptors, Mempool pool) {
        if (replayed.size() == index) {
            replayed.add(new QueueCounters());
        }
        FailsafeTxQueue queue = new FailsafeTxQueue(index,
                2 * Math.max(MIN_CAPACITY, descriptors), services.barrier().gate(), args.replay(),
                paths::senders, paths::used, replayed.get(index));
        tx.add(queue);
        paths.setQueues(rx, tx);
        return queue;
    }

    @Override
    public void start() throws DeviceException {
        discard();
        subs.start(mtu, filter);
    }

    /** Keeps what waits to be sent again: the port above may take it back. */
    @Override
    public void stop() {
        subs.stop();
    }

    private void discard() {
        dropped.addErrors(paths.discard());
    }

    @Override
    public void close() {
        polls.close();
        stop();
        discard();
        subs.close();
    }

    @Override
    public Link link() {
        Port now = paths.sender();
        return now == null ? Link.DOWN : now.link();
    }

    /** The sums over all sub-devices so far; a packet that was sent again counts once. */
    @Override
    public EthStats stats() {
        synchronized (subs) {
            EthStats more = new EthStats(0, 0, 0, 0, 0, 0, 0, dropped.errors());
            for (QueueCounters queue : replayed) {
                more = more.minus(new EthStats(
                        0, 0, 0, 0, 0, queue.packets(), queue.bytes(), 0));
            }
            return subs.stats(more);
        }
    }

    @Override
    public void resetStats() {
        synchronized (subs) {
            subs.resetStats();
            replayed.forEach(QueueCounters::reset);
            dropped.reset();
        }
    }

    /** Named as DPDK's driver does: {@code rx_sub0_good_packets}. */
    @Override
    public Map<String, Long> xstats() {
        Map<String, Long> values = new LinkedHashMap<>();
        synchronized (subs) {
            for (int i = 0; i < replayed.size(); i++) {
                values.put("tx_q" + i + "_replayed_packets", replayed.get(i).packets());
            }
            values.put("tx_replay_dropped_packets", dropped.errors());
            for (Member sub : subs.all()) {
                values.put("sub" + sub.index() + "_adoptions", sub.adoptions());
                values.put("sub" + sub.index() + "_removals", sub.removals());
                sub.xstats().forEach(
                        (name, value) -> values.put(subName(name, sub.index()), value));
            }
        }
        return values;
    }

    private static String subName(String name, int index) {
        return name.startsWith("rx_") || name.startsWith("tx_")
                ? name.substring(0, 3) + "sub" + index + "_" + name.substring(3)
                : "sub" + index + "_" + name;
    }

    @Override
    public void setRxFilter(RxFilter next) throws DeviceException {
        subs.setFilter(next);
        filter = next;
    }

    @Override
    public void setMtu(int bytes) {
        mtu = bytes;
    }
}
