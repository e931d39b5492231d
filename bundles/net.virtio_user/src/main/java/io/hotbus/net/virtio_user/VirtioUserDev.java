// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.virtio.VirtioFeature;
import io.hotbus.pmd.virtio.VirtioOffload;
import io.hotbus.pmd.virtio.VirtioRing;
import io.hotbus.pmd.virtio.VirtioRxQueue;
import io.hotbus.pmd.virtio.VirtioTxQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** One device. Each start tells the back end everything anew. */
final class VirtioUserDev extends AbstractEthDev<VirtioRxQueue, VirtioTxQueue> {
    /** What the offloads of a port may need. */
    private static final long OFFLOADS = VirtioFeature.CSUM | VirtioFeature.GUEST_CSUM
            | VirtioFeature.HOST_TSO4 | VirtioFeature.HOST_TSO6;
    /** What applications ask for; a queue may be shorter all the same. As in net_virtio. */
    private static final int USUAL_DESCRIPTORS = 512;
    private static final int BURST = 32;
    /** As in DPDK. */
    private static final int MAX_MTU = 9728 - EthDevInfo.OVERHEAD;
    /** The speed is not known. As in DPDK. */
    private static final int SPEED_MBPS = 10_000;

    private final Endpoint endpoint;
    private final SharedGround ground;
    private final VirtioUserArgs args;
    private final Linux linux;
    private final List<Kick> kicks = new ArrayList<>();
    private long offloads;
    /** What is started; null if nothing is. */
    private volatile Contract started;

    VirtioUserDev(Endpoint endpoint, SharedGround ground, VirtioUserArgs args, Linux linux) {
        super(info(args));
        this.endpoint = endpoint;
        this.ground = ground;
        this.args = args;
        this.linux = linux;
    }

    private static EthDevInfo info(VirtioUserArgs args) {
        EthDevInfo info = new EthDevInfo(VirtioUserDriver.NAME, args.macAddress(),
                new QueueLimits(args.queues(), VirtioUserArgs.MIN_QUEUE_SIZE,
                        Math.max(args.queueSize(), USUAL_DESCRIPTORS)).withPreferredBurst(BURST))
                .withFilter(RxFilterLimits.NO_FILTER)
                .withOffloads(VirtioOffload.receive(OFFLOADS), VirtioOffload.transmit(OFFLOADS));
        return VirtioFeature.has(args.features(), VirtioFeature.MRG_RXBUF)
                ? info.withMaxMtu(MAX_MTU) : info;
    }

    @Override
    protected VirtioRxQueue createRxQueue(QueueSetup setup) throws DeviceException {
        return new VirtioRxQueue(ground, fit(setup));
    }

    @Override
    protected VirtioTxQueue createTxQueue(QueueSetup setup) throws DeviceException {
        return new VirtioTxQueue(ground, fit(setup), info().maxMtu() + EthDevInfo.OVERHEAD);
    }

    private QueueSetup fit(QueueSetup queue) {
        return new QueueSetup(queue.index(), Math.min(queue.descriptors(), args.queueSize()),
                queue.pool(), queue.portId(), queue.counters());
    }

    @Override
    public void configure(PortConfig config) {
        offloads = VirtioOffload.features(config);
    }

    @Override
    protected void startDevice() throws DeviceException {
        long features = args.features() | offloads;
        List<Contract.Ring> rings = new ArrayList<>();
        List<Mempool> pools = new ArrayList<>();
        for (int i = 0; i < rxQueues().size(); i++) {
            VirtioRxQueue queue = rxQueues().get(i);
            queue.prepare(VirtioFeature.has(features, VirtioFeature.GUEST_CSUM));
            Kick kick = kick(2 * i, queue.ring(), rings);
            queue.handOver(kick);
            pools.add(queue.pool());
        }
        for (int i = 0; i < txQueues().size(); i++) {
            VirtioTxQueue queue = txQueues().get(i);
            queue.prepare(VirtioFeature.has(features, VirtioFeature.CSUM));
            queue.handOver(kick(2 * i + 1, queue.ring(), rings));
            pools.add(queue.pool());
        }
        started = new Contract(features, ground.share(pools), List.copyOf(rings));
        endpoint.start(started);
    }

    private Kick kick(int queue, VirtioRing ring, List<Contract.Ring> rings)
            throws DeviceException {
        try {
            Kick kick = new Kick(linux);
            kicks.add(kick);
            rings.add(new Contract.Ring(queue, ring, kick));
            return kick;
        } catch (LinuxException e) {
            throw new DeviceException("%s: no eventfd for its queue %s: %s"
                    .formatted(endpoint, queue, e.getMessage()), e);
        }
    }

    @Override
    protected void stopDevice() {
        started = null;
        endpoint.stop();
        kicks.forEach(Kick::close);
        kicks.clear();
    }

    /** What is started, another object for each start. Any thread. */
    Optional<?> started() {
        return Optional.ofNullable(started);
    }

    /** What the back end has done wrong. Thread {@code interrupt}, while the device is started. */
    Optional<String> fault() {
        return Stream.concat(
                rxQueues().stream().map(queue -> fault(queue, queue.fault())),
                txQueues().stream().map(queue -> fault(queue, queue.fault())))
                .filter(Objects::nonNull).findFirst();
    }

    private static String fault(Object queue, String fault) {
        return fault == null ? null : queue + ": " + fault;
    }

    @Override
    protected Link readLink() {
        return endpoint.isConnected() ? new Link(true, SPEED_MBPS, true) : Link.DOWN;
    }
}
