// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.SingleControl;

/** Real ports on devices that do nothing. */
final class StubPorts implements AutoCloseable {
    private static final int DESCRIPTORS = 64;

    private final SingleControl control = new SingleControl();
    private final RecordingPorts ports = new RecordingPorts(control);
    private int count;

    /** A device. */
    static final class Stub implements EthDev {
        final EthDevInfo info;
        Port port;

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
            return (caches, mbufs, max) -> 0;
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

    @Override
    public void close() {
        ports.ports().forEach(ports::remove);
        control.close();
    }
}
