// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.testkit.RecordingPorts;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A device that keeps what is sent until the test says that it was sent, and receives what the test
 * wants; also its transmit queue.
 */
final class StubQueue implements EthDev, TxQueue {
    private static final int DESCRIPTORS = 64;

    final Deque<Long> ring = new ArrayDeque<>();
    final Deque<Long> toReceive = new ArrayDeque<>();
    int room = DESCRIPTORS;
    boolean gone;
    private Port port;

    /** A device whose port is started. */
    static StubQueue start(RecordingPorts ports, Mempool pool, String name)
            throws DeviceException {
        StubQueue stub = new StubQueue();
        stub.port = ports.add(new Device("stub", Devargs.parse(name)) {
        }, stub);
        stub.port.configure(new PortConfig(1, DESCRIPTORS, DESCRIPTORS, pool));
        stub.port.start();
        return stub;
    }

    Port port() {
        return port;
    }

    long[] sent() {
        return ring.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public EthDevInfo info() {
        return new EthDevInfo("net_stub", new MacAddress(0x0200_0000_0001L),
                new QueueLimits(4, DESCRIPTORS, 1024));
    }

    @Override
    public RxQueue setupRxQueue(int index, int descriptors, Mempool pool) {
        return (caches, mbufs, max) -> {
            int received = 0;
            while (received < max && !toReceive.isEmpty()) {
                mbufs[received++] = toReceive.remove();
            }
            return received;
        };
    }

    @Override
    public TxQueue setupTxQueue(int index, int descriptors, Mempool pool) {
        return this;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int max) {
        int taken = 0;
        while (!gone && taken < max && ring.size() < room) {
            ring.add(mbufs[taken++]);
        }
        return taken;
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    @Override
    public int takeBack(MempoolCaches caches, long[] mbufs, int max) {
        int taken = 0;
        while (taken < max && !ring.isEmpty()) {
            mbufs[taken++] = ring.remove();
        }
        return taken;
    }

    @Override
    public void start() {
    }

    @Override
    public void stop() {
    }

    @Override
    public void close() {
    }

    @Override
    public Link link() {
        return new Link(true, 10_000, true);
    }

    @Override
    public EthStats stats() {
        return EthStats.ZERO;
    }

    @Override
    public void resetStats() {
    }
}
