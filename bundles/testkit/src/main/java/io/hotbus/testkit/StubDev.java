// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

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
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A device under a real port, for what stands on ports: it receives what the test wants, and keeps
 * what is sent, as if nothing were ever reported as sent. It is its own transmit queue. The thread
 * of the test.
 */
public final class StubDev implements EthDev, TxQueue {
    private static final int DESCRIPTORS = 64;

    private final EthDevInfo info;
    private final Deque<Long> ring = new ArrayDeque<>();
    private final Deque<Long> toReceive = new ArrayDeque<>();
    private final Port port;
    private int room = DESCRIPTORS;
    private boolean gone;
    private boolean keeping;
    private boolean started;

    private StubDev(PortRegistry ports, String name, EthDevInfo info) throws DeviceException {
        this.info = info;
        this.port = ports.add(new Device("stub", Devargs.parse(name)) {
        }, this);
    }

    /** The facts of such a device, if it is not given others. */
    public static EthDevInfo facts() {
        return new EthDevInfo("net_stub", new MacAddress(0x0200_0000_0001L),
                new QueueLimits(4, DESCRIPTORS, 1024));
    }

    /** Adds a device, whose port is not configured. */
    public static StubDev add(PortRegistry ports, String name, EthDevInfo info)
            throws DeviceException {
        return new StubDev(ports, name, info);
    }

    /** Adds a device, whose port is started. */
    public static StubDev start(PortRegistry ports, Mempool pool, String name)
            throws DeviceException {
        StubDev dev = add(ports, name, facts());
        dev.port.configure(new PortConfig(1, DESCRIPTORS, DESCRIPTORS, pool));
        dev.port.start();
        return dev;
    }

    /** Its port. */
    public Port port() {
        return port;
    }

    /** The packets that were sent and not taken back, the oldest first; the test may change it. */
    public Deque<Long> ring() {
        return ring;
    }

    /** The same, as handles. */
    public long[] sent() {
        return ring.stream().mapToLong(Long::longValue).toArray();
    }

    /** The packets that it will receive; the test adds them. */
    public Deque<Long> toReceive() {
        return toReceive;
    }

    /** Takes no packet from now on if it has that many. */
    public void setRoom(int packets) {
        room = packets;
    }

    /** Lets it be gone; the next burst finds that out. */
    public void pullOut() {
        gone = true;
    }

    /** Lets it have no device, as a port on other ones may have none, and keep what was sent. */
    public void keep() {
        keeping = true;
    }

    @Override
    public EthDevInfo info() {
        return info;
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
        if (started && !gone && !port.isRemoved()) {
            throw new IllegalStateException(port + ": its device still reads what it was given");
        }
        return drain(mbufs, max);
    }

    @Override
    public boolean isKeeping() {
        return keeping && !ring.isEmpty();
    }

    @Override
    public int takeKept(MempoolCaches caches, long[] mbufs, int max) {
        return keeping ? drain(mbufs, max) : 0;
    }

    private int drain(long[] mbufs, int max) {
        int taken = 0;
        while (taken < max && !ring.isEmpty()) {
            mbufs[taken++] = ring.remove();
        }
        return taken;
    }

    @Override
    public void start() {
        started = true;
    }

    @Override
    public void stop() {
        started = false;
    }

    /** The test gives the packets back. */
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
