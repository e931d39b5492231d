// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.null_;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.LocalMac;
import io.hotbus.pmd.eth.QueueSetup;

/** One null device. There is no hardware that could be pulled out. */
final class NullDev extends AbstractEthDev<RxQueue, TxQueue> {
    private static final QueueLimits LIMITS = new QueueLimits(16, 1, 1 << 15);
    /** Longer than any packet: the device accepts packets of every length. */
    private static final int MAX_MTU = 0xffff;
    private static final int SPEED_MBPS = 10_000;
    /** Locally administered; the number of the device sets the last two bytes. */
    private static final long MAC = 0x02_00_00_4e_00_00L;

    private final String name;
    private final NullArgs args;
    private volatile boolean started;

    /** Creates the device {@code name}. */
    NullDev(String name, NullArgs args) {
        super(new EthDevInfo(NullDriver.NAME, LocalMac.of(MAC, name), LIMITS)
                .withMaxMtu(MAX_MTU));
        this.name = name;
        this.args = args;
    }

    /** Zero: the device has no rings. */
    @Override
    public int maxRxBuffers(int descriptors) {
        return 0;
    }

    @Override
    public int maxTxBuffers(int descriptors) {
        return 0;
    }

    @Override
    protected RxQueue createRxQueue(QueueSetup setup) throws DeviceException {
        int dataRoom = setup.pool().dataRoom();
        if (args.size() > dataRoom) {
            throw new DeviceException(
                    "%s: size=%s does not fit in the %s bytes of a buffer of pool %s"
                            .formatted(name, args.size(), dataRoom, setup.pool().name()));
        }
        return args.noRx() ? (caches, mbufs, count) -> 0 : new NullRxQueue(args, setup);
    }

    @Override
    protected TxQueue createTxQueue(QueueSetup setup) {
        return new NullTxQueue(args, setup);
    }

    @Override
    protected void startDevice() {
        started = true;
    }

    @Override
    protected void stopDevice() {
        started = false;
    }

    @Override
    protected Link readLink() {
        return started ? new Link(true, SPEED_MBPS, true) : Link.DOWN;
    }
}
