// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.LocalMac;
import io.hotbus.pmd.eth.QueueSetup;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One device, which is gone when one of its files or interfaces is. */
final class PcapDev extends AbstractEthDev<RxQueue, TxQueue> {
    private static final Logger LOG = LoggerFactory.getLogger(PcapDev.class);
    private static final int MAX_MTU = 0xffff;
    private static final int SPEED_MBPS = 10_000;
    /** DPDK's {@code 02:70:63:61:70:NN}: "pcap" and the number of the device. */
    private static final long MAC = 0x02_70_63_61_70_00L;

    private final String name;
    private final PcapStreams streams;
    private volatile boolean started;
    private volatile boolean gone;

    /** Creates the device {@code name}, which closes {@code streams} when it is closed. */
    PcapDev(String name, PcapStreams streams, boolean physicalMac) {
        super(new EthDevInfo(PcapDriver.NAME, address(name, streams, physicalMac),
                limits(streams.sources(), streams.sinks()),
                limits(streams.sinks(), streams.sources()))
                .withMtu(mtu(streams)).withMaxMtu(MAX_MTU).withFilter(RxFilterLimits.NO_FILTER));
        this.name = name;
        this.streams = streams;
    }

    private static MacAddress address(String name, PcapStreams streams, boolean physical) {
        return streams.interfaces().stream().filter(live -> physical)
                .map(live -> live.netif().mac()).flatMap(Optional::stream)
                .filter(MacAddress::isUnicast).findFirst().orElseGet(() -> LocalMac.of(MAC, name));
    }

    /** The smallest MTU of the interfaces. */
    private static int mtu(PcapStreams streams) {
        return streams.interfaces().stream().mapToInt(live -> live.netif().mtu()).min()
                .orElse(EthDevInfo.DEFAULT_MTU);
    }

    /** A queue for each place; where there is none, as many as in the other direction. */
    private static QueueLimits limits(List<?> these, List<?> others) {
        return new QueueLimits(these.isEmpty() ? others.size() : these.size(), 1, 1 << 15);
    }

    /** Zero: frames wait in the file, or in the ring of a socket. */
    @Override
    public int maxRxBuffers(int descriptors) {
        return 0;
    }

    /** Zero: frames are copied. */
    @Override
    public int maxTxBuffers(int descriptors) {
        return 0;
    }

    @Override
    protected RxQueue createRxQueue(QueueSetup setup) throws DeviceException {
        synchronized (streams) {
            return streams.sources().isEmpty() ? (caches, mbufs, count) -> 0
                    : streams.sources().get(setup.index()).queue(setup);
        }
    }

    @Override
    protected TxQueue createTxQueue(QueueSetup setup) throws DeviceException {
        synchronized (streams) {
            return streams.sinks().isEmpty() ? new DropTxQueue(setup.counters())
                    : streams.sinks().get(setup.index()).queue(setup);
        }
    }

    @Override
    protected void startDevice() throws DeviceException {
        synchronized (streams) {
            streams.start(rxQueues().size(), txQueues().size());
        }
        warnOfUnused(streams.sources().stream().map(Source::name).toList(), rxQueues().size(),
                "rxq");
        warnOfUnused(streams.sinks().stream().map(Sink::name).toList(), txQueues().size(), "txq");
        started = true;
    }

    private void warnOfUnused(List<String> names, int queues, String option) {
        if (queues < names.size()) {
            LOG.warn("{}: has {} queue(s) for {} files and interfaces, {} not used (--{} {})",
                    name, queues, names.size(), names.subList(queues, names.size()), option,
                    names.size());
        }
    }

    @Override
    protected void stopDevice() {
        started = false;
        synchronized (streams) {
            streams.stop();
        }
    }

    @Override
    protected void closeDevice() {
        synchronized (streams) {
            streams.close();
        }
    }

    /**
     * Looks at the files, on the watch thread.
     *
     * @return why the device is gone, the first time that it is
     */
    Optional<String> look() {
        synchronized (streams) {
            if (gone) {
                return Optional.empty();
            }
            Optional<String> reason = streams.look();
            gone = reason.isPresent();
            return reason;
        }
    }

    /** Whether one of the files was found gone. Any thread. */
    boolean isGone() {
        return gone;
    }

    /** The interfaces of the device. */
    Collection<LiveInterface> interfaces() {
        return streams.interfaces();
    }

    @Override
    protected Link readLink() {
        List<Link> links = streams.interfaces().stream().map(live -> live.netif().link()).toList();
        if (!started || !links.stream().allMatch(Link::up)) {
            return Link.DOWN;
        }
        return links.isEmpty() ? new Link(true, SPEED_MBPS, true) : links.get(0);
    }

    /** Frames that found no room in the ring of a socket. */
    @Override
    protected long missed() {
        return streams.sources().stream().mapToLong(Source::missed).sum();
    }
}
