// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

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
import io.hotbus.testkit.SingleControl;
import java.util.ArrayDeque;
import java.util.Deque;

/** Real ports on devices that keep what is sent until the test says that it was sent. */
final class StubPorts implements AutoCloseable {
    private static final int DESCRIPTORS = 64;

    private final SingleControl control = new SingleControl();
    private final RecordingPorts ports = new RecordingPorts(control);
    private int count;

    /** A device, and its transmit queue. */
    static final class Stub implements EthDev, TxQueue {
        final Deque<Long> ring = new ArrayDeque<>();
        final EthDevInfo info;
        Port port;
        int room = DESCRIPTORS;
        boolean gone;

        Stub(EthDevInfo info) {
            this.info = info;
        }

        @Override
        public EthDevInfo info() {
            return info;
        }

        @Override
        public RxQueue setupRxQueue(int index, int descriptors, Mempool pool) {
            return (caches, mbufs, max) -> 0;
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

    static EthDevInfo info() {
        return new EthDevInfo("net_stub", new MacAddress(0x0200_0000_0001L),
                new QueueLimits(4, DESCRIPTORS, 1024));
    }

    /** A device with a port, which is not configured. */
    Stub add(EthDevInfo info) throws DeviceException {
        Stub stub = new Stub(info);
        Devargs devargs = Devargs.parse("net_stub" + count++);
        stub.port = ports.add(new Device("stub", devargs) {
        }, stub);
        return stub;
    }

    /** A device with a started port. */
    Stub start(Mempool pool) throws DeviceException {
        Stub stub = add(info());
        stub.port.configure(new PortConfig(1, DESCRIPTORS, DESCRIPTORS, pool));
        stub.port.start();
        return stub;
    }

    @Override
    public void close() {
        ports.ports().forEach(ports::remove);
        control.close();
    }
}
