// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RssLimits;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A driver's side that keeps a record of its calls and does as the test says. */
final class TestDev implements EthDev {
    /** Does something in the middle of a call. */
    @FunctionalInterface
    interface Hook {
        void run() throws DeviceException;
    }

    static final int RX_BUFFERS = 4;
    static final int TX_BUFFERS = 2;
    static final int BUFFERS = RX_BUFFERS + TX_BUFFERS;

    final List<String> calls = new CopyOnWriteArrayList<>();
    final AtomicLong bursts = new AtomicLong();
    Hook onStart = () -> { };
    Hook onSetup = () -> { };
    Hook onFilter = () -> { };
    Runnable onStats = () -> { };
    EthStats stats = EthStats.ZERO;
    Map<String, Long> xstats = Map.of();
    boolean statsOutlive;
    MacAddress address = new MacAddress(1L << 41 | 1);

    @Override
    public EthDevInfo info() {
        return new EthDevInfo("net_test", new MacAddress(1L << 41 | 1),
                new QueueLimits(4, 64, 1024),
                new QueueLimits(8, 64, 1024)).withMaxMtu(9000).withFilter(
                        new RxFilterLimits(2, true, 4, true, false, false))
                .withOffloads(Set.of(RxOffload.VLAN_STRIP), Set.of())
                .withRss(new RssLimits(Set.of(RssHash.IPV4), 2, 4));
    }

    @Override
    public MacAddress macAddress() {
        return address;
    }

    @Override
    public void portAssigned(int portId) {
        calls.add("port " + portId);
    }

    @Override
    public int maxRxBuffers(int descriptors) {
        return RX_BUFFERS;
    }

    @Override
    public int maxTxBuffers(int descriptors) {
        return TX_BUFFERS;
    }

    @Override
    public RxQueue setupRxQueue(int index, int descriptors, Mempool pool) throws DeviceException {
        calls.add("rx" + index + " " + descriptors);
        onSetup.run();
        return (caches, mbufs, count) -> {
            bursts.incrementAndGet();
            return caches.of(pool).get(mbufs, 0, count);
        };
    }

    @Override
    public TxQueue setupTxQueue(int index, int descriptors, Mempool pool) {
        calls.add("tx" + index + " " + descriptors);
        return (caches, mbufs, count) -> {
            bursts.incrementAndGet();
            caches.free(mbufs, 0, count);
            return count;
        };
    }

    @Override
    public void start() throws DeviceException {
        calls.add("start");
        onStart.run();
    }

    @Override
    public void stop() {
        calls.add("stop");
    }

    @Override
    public void close() {
        calls.add("close");
    }

    @Override
    public Link link() {
        return new Link(true, 10_000, true);
    }

    @Override
    public EthStats stats() {
        calls.add("stats");
        onStats.run();
        return stats;
    }

    @Override
    public Map<String, Long> xstats() {
        return xstats;
    }

    @Override
    public void resetStats() {
        calls.add("reset");
    }

    @Override
    public boolean statsOutliveDevice() {
        return statsOutlive;
    }

    @Override
    public void setRxFilter(RxFilter filter) throws DeviceException {
        onFilter.run();
        calls.add("filter " + filter.addresses() + (filter.promiscuous() ? " promiscuous" : ""));
    }

    @Override
    public void setMtu(int mtu) {
        calls.add("mtu " + mtu);
    }
}
