// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.ring;

import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.LocalMac;
import io.hotbus.pmd.eth.QueueSetup;

/** One ring device. There is no hardware that could be pulled out. */
final class RingDev extends AbstractEthDev<RxQueue, TxQueue> {
    private static final QueueLimits LIMITS = new QueueLimits(RingSet.QUEUES, 1, 1 << 15);
    /** Longer than any packet: a pointer has the same size for each packet. */
    private static final int MAX_MTU = 0xffff;
    private static final int SPEED_MBPS = 10_000;
    /** Locally administered; the number of the device sets the last two bytes. */
    private static final long MAC = 0x02_00_00_52_00_00L;

    private final String name;
    private final RingPair rings;
    private volatile boolean started;

    /** Creates the device {@code name}, which uses {@code rings} until it is closed. */
    RingDev(String name, RingPair rings) {
        super(new EthDevInfo(RingDriver.NAME, LocalMac.of(MAC, name), LIMITS)
                .withMaxMtu(MAX_MTU).withFilter(RxFilterLimits.NO_FILTER));
        this.name = name;
        this.rings = rings;
    }

    /** Zero: the packets in the ring are those that were sent. */
    @Override
    public int maxRxBuffers(int descriptors) {
        return 0;
    }

    /** A full ring, whatever the number of descriptors. */
    @Override
    public int maxTxBuffers(int descriptors) {
        return RingSet.CAPACITY;
    }

    @Override
    protected RxQueue createRxQueue(QueueSetup setup) {
        return new RingRxQueue(
                rings.receive().ring(setup.index(), setup.pool().mempools()), setup);
    }

    @Override
    protected TxQueue createTxQueue(QueueSetup setup) {
        return new RingTxQueue(rings.send().ring(setup.index(), setup.pool().mempools()), setup,
                name + " ring " + setup.index());
    }

    @Override
    protected void startDevice() {
        started = true;
    }

    /** Packets stay in the rings; the next start continues with them. */
    @Override
    protected void stopDevice() {
        started = false;
    }

    @Override
    protected void closeDevice() {
        rings.leave().run();
    }

    @Override
    protected Link readLink() {
        return started && rings.isComplete() ? new Link(true, SPEED_MBPS, true) : Link.DOWN;
    }
}
