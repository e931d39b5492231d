// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.os.Linux;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.QueueSetup;

/** One device. Its rings are those of the connection, of the size that {@code rsize} sets. */
final class MemifDev extends AbstractEthDev<MemifRxQueue, MemifTxQueue> {
    private static final QueueLimits LIMITS = new QueueLimits(256, 1, 1 << 15);
    private static final int SPEED_MBPS = 100_000;

    private final Endpoint endpoint;
    private final Linux linux;

    MemifDev(Endpoint endpoint, Linux linux) {
        super(new EthDevInfo(MemifDriver.NAME, endpoint.args().macAddress(), LIMITS)
                .withMaxMtu(Joiner.MAX_FRAME - EthDevInfo.OVERHEAD)
                .withFilter(RxFilterLimits.NO_FILTER));
        this.endpoint = endpoint;
        this.linux = linux;
    }

    /** Zero: packets are copied, so that a queue holds no buffer. */
    @Override
    public int maxRxBuffers(int descriptors) {
        return 0;
    }

    @Override
    public int maxTxBuffers(int descriptors) {
        return 0;
    }

    @Override
    protected MemifRxQueue createRxQueue(QueueSetup setup) {
        return new MemifRxQueue(setup);
    }

    @Override
    protected MemifTxQueue createTxQueue(QueueSetup setup) {
        return new MemifTxQueue(setup, linux);
    }

    @Override
    protected void startDevice() throws DeviceException {
        MemifArgs args = endpoint.args();
        int rings = rxQueues().size() + txQueues().size();
        if (!args.server() && !ClientConnection.isPossible(args, rings)) {
            throw new DeviceException(("%s: %s rings of 2^%s buffers of %s bytes are more than the"
                    + " 4 GiB of a region: a smaller rsize= or bsize= is needed")
                    .formatted(endpoint, rings, args.log2Ring(), args.bufferSize()));
        }
        endpoint.start(rxQueues(), txQueues());
    }

    @Override
    protected void stopDevice() {
        endpoint.stop();
    }

    @Override
    protected Link readLink() {
        return endpoint.isConnected() ? new Link(true, SPEED_MBPS, true) : Link.DOWN;
    }
}
