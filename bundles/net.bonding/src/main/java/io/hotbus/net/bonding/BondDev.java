// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.eth.LocalMac;
import io.hotbus.pmd.members.AbstractMembersDev;
import io.hotbus.pmd.members.CommonInfo;
import io.hotbus.pmd.members.Member;
import io.hotbus.pmd.members.MemberServices;
import io.hotbus.pmd.members.Members;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A bonding port. */
final class BondDev extends AbstractMembersDev {
    /** Locally administered: "BO" and the number of the device. */
    private static final long MAC_PREFIX = 0x02_00_42_4f_00_00L;
    /** Frames of LACP that a queue holds. */
    private static final int SLOW_FRAMES = 64;
    /** How often to look for members that are away. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final String name;
    private final MemberServices services;
    private final BondQueues queues;
    private final BondPaths paths;
    private final FrameSender sender;
    private final Lacp lacp;
    private final BondUse use;
    private final Members members;
    private final BondMembers changes;
    private final EthDevInfo info;
    private Lease polls;
    private final AtomicBoolean polling = new AtomicBoolean();
    private boolean closed;
    private long lastLook = System.nanoTime();
    private int mtu;
    private RxFilter filter;

    /**
     * Takes over the members that are there, and awaits the others.
     *
     * @param name the name of the device
     * @throws DeviceException a member has an impossible name
     */
    BondDev(String name, BondArgs args, MemberServices services) throws DeviceException {
        super(services);
        this.name = name;
        this.services = services;
        MempoolCaches uncached = services.mempools().uncached();
        this.queues = new BondQueues(name, services.barrier(), uncached);
        this.paths = queues.paths();
        this.sender = new FrameSender(paths, uncached);
        this.lacp = new Lacp(args.aggMode(), args.fast(), paths, sender);
        this.use = new BondUse(name, args, paths, lacp, new AlbClients(sender),
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), this::linkChanged,
                this::addressesChanged);
        this.members = new Members(name, "member", services, args.sources(name), use);
        this.changes = new BondMembers(name, members, use, paths, services.devices());
        members.look();
        List<EthDevInfo> present = present();
        MacAddress mac = args.mac().or(() -> present.stream().map(EthDevInfo::macAddress)
                .filter(MacAddress::isUnicast).findFirst())
                .orElseGet(() -> LocalMac.of(MAC_PREFIX, name));
        this.info = CommonInfo.of(BondDriver.NAME, mac, present);
        this.mtu = info.mtu();
        this.filter = info.filter().initial(mac);
        use.setAddress(mac);
        this.polls = services.interrupt().every(args.poll(), this::poll);
    }

    /** Looks at links that often from now on. */
    void poll(Duration period) {
        synchronized (members) {
            polls.close();
            if (!closed) {
                polls = services.interrupt().every(period, this::poll);
            }
        }
    }

    private void poll() {
        if (polling.compareAndSet(false, true)) {
            services.control().execute(this, () -> {
                polling.set(false);
                look();
            });
        }
    }

    /** Looks at links, runs LACP, and at times looks for members. On {@code control}. */
    private void look() {
        paths.pollIdle();
        if (System.nanoTime() - lastLook >= LOOK_NANOS) {
            lastLook = System.nanoTime();
            members.look();
        } else {
            members.refresh();
        }
        paths.takeKept();
        paths.sendWaiting();
    }

    private void addressesChanged() {
        members.filterAgain();
    }

    String name() {
        return name;
    }

    /** How the members are used. Guarded by {@link #members}. */
    BondUse use() {
        return use;
    }

    @Override
    protected Members members() {
        return members;
    }

    /** Changes the members, for the verbs. */
    BondMembers changes() {
        return changes;
    }

    @Override
    public EthDevInfo info() {
        return info;
    }

    /** The members reserve the buffers of their queues. */
    @Override
    public int maxRxBuffers(int descriptors) {
        return SlowRxQueue.FRAMES + IdleRx.PACKETS;
    }

    /** Packets that wait to be sent again, and frames of LACP. */
    @Override
    public int maxTxBuffers(int descriptors) {
        return descriptors + SLOW_FRAMES;
    }

    @Override
    public void configure(PortConfig config) throws DeviceException {
        synchronized (members) {
            queues.discard();
            queues.clear();
            lacp.setSystem(filter.address());
            sender.setPool(config.pool());
            members.configure(config, mtu, filter);
        }
    }

    @Override
    public RxQueue setupRxQueue(int index, int descriptors, Mempool pool) {
        return queues.addRx(index);
    }

    @Override
    public TxQueue setupTxQueue(int index, int descriptors, Mempool pool) {
        return queues.addTx(index, descriptors);
    }

    @Override
    public void start() throws DeviceException {
        queues.discard();
        members.start(mtu, filter);
    }

    /** Keeps what waits to be sent again: the port above may take it back. */
    @Override
    public void stop() {
        synchronized (members) {
            changes.farewell(members.all());
            members.stop();
        }
    }

    @Override
    public void close() {
        synchronized (members) {
            closed = true;
            polls.close();
        }
        stop();
        queues.discard();
        members.close();
    }

    @Override
    public Link link() {
        return use.link();
    }

    /** The sums over all members so far; a packet that was sent again counts once. */
    @Override
    public EthStats stats() {
        return members.stats(queues.correction());
    }

    @Override
    public void resetStats() {
        members.resetStats();
        queues.resetStats();
    }

    @Override
    public Map<String, Long> xstats() {
        Map<String, Long> values = new LinkedHashMap<>();
        queues.addTo(values);
        synchronized (members) {
            values.putAll(lacp.counts());
            use.clients().addTo(values);
            for (Member member : members.all()) {
                values.put("member" + member.index() + "_adoptions", member.adoptions());
                values.put("member" + member.index() + "_removals", member.removals());
            }
        }
        return values;
    }

    @Override
    public void setRxFilter(RxFilter next) throws DeviceException {
        synchronized (members) {
            members.setFilter(next);
            filter = next;
            use.setAddress(next.address());
            members.refresh();
        }
    }

    @Override
    public void setMtu(int bytes) {
        mtu = bytes;
    }
}
