// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.LocalMac;
import io.hotbus.pmd.eth.QueueSetup;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One device, which is gone when one of its files is. */
final class PcapDev extends AbstractEthDev<RxQueue, TxQueue> {
    private static final Logger LOG = LoggerFactory.getLogger(PcapDev.class);
    private static final int MAX_MTU = 0xffff;
    private static final int SPEED_MBPS = 10_000;
    /** DPDK's {@code 02:70:63:61:70:NN}: "pcap" and the number of the device. */
    private static final long MAC = 0x02_70_63_61_70_00L;

    private final String name;
    private final PcapFiles files;
    private volatile boolean started;
    private volatile boolean gone;

    /** Creates the device {@code name}, which closes {@code files} when it is closed. */
    PcapDev(String name, PcapFiles files) {
        super(new EthDevInfo(PcapDriver.NAME, LocalMac.of(MAC, name),
                limits(files.sources(), files.sinks()), limits(files.sinks(), files.sources()))
                .withMaxMtu(MAX_MTU).withFilter(RxFilterLimits.NO_FILTER));
        this.name = name;
        this.files = files;
    }

    /** A queue for each file; where there is none, as many as in the other direction. */
    private static QueueLimits limits(List<?> these, List<?> others) {
        return new QueueLimits(these.isEmpty() ? others.size() : these.size(), 1, 1 << 15);
    }

    /** Zero: frames wait in the file. */
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
        synchronized (files) {
            return files.sources().isEmpty() ? (caches, mbufs, count) -> 0
                    : files.sources().get(setup.index()).queue(setup);
        }
    }

    @Override
    protected TxQueue createTxQueue(QueueSetup setup) throws DeviceException {
        synchronized (files) {
            return files.sinks().isEmpty() ? new DropTxQueue(setup.counters())
                    : files.sinks().get(setup.index()).queue(setup);
        }
    }

    @Override
    protected void startDevice() {
        synchronized (files) {
            files.sources().forEach(Source::start);
        }
        warnOfUnused(files.sources().stream().map(Source::name).toList(), rxQueues().size(), "rxq");
        warnOfUnused(files.sinks().stream().map(Sink::name).toList(), txQueues().size(), "txq");
        started = true;
    }

    private void warnOfUnused(List<String> names, int queues, String option) {
        if (queues < names.size()) {
            LOG.warn("{}: has {} queue(s) for {} files, {} not used (--{} {})", name, queues,
                    names.size(), names.subList(queues, names.size()), option, names.size());
        }
    }

    @Override
    protected void stopDevice() {
        started = false;
        synchronized (files) {
            files.sinks().forEach(Sink::flush);
        }
    }

    @Override
    protected void closeDevice() {
        synchronized (files) {
            files.close();
        }
    }

    /**
     * Looks at the files, on the watch thread.
     *
     * @return why the device is gone, the first time that it is
     */
    Optional<String> look() {
        synchronized (files) {
            if (gone) {
                return Optional.empty();
            }
            Optional<String> reason = files.look();
            gone = reason.isPresent();
            return reason;
        }
    }

    /** Whether one of the files was found gone. Any thread. */
    boolean isGone() {
        return gone;
    }

    @Override
    protected Link readLink() {
        return started ? new Link(true, SPEED_MBPS, true) : Link.DOWN;
    }
}
