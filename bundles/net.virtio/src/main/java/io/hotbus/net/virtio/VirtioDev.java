// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.pci.AbstractNic;
import io.hotbus.pmd.virtio.VirtioDoorbell;
import io.hotbus.pmd.virtio.VirtioFeature;
import io.hotbus.pmd.virtio.VirtioGround;
import io.hotbus.pmd.virtio.VirtioOffload;
import io.hotbus.pmd.virtio.VirtioRxQueue;
import io.hotbus.pmd.virtio.VirtioTxQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One virtio network device as an {@code EthDev}.
 *
 * <p>Every start initializes the device from its reset on, and every stop resets it: there is no
 * other way to stop a queue. After a reset the device accesses no memory (4.1.4.3.2), so buffers go
 * back to their pool only then.
 */
final class VirtioDev extends AbstractNic<VirtioRxQueue, VirtioTxQueue> {
    private final VirtioTransport transport;
    private final VirtioFacts facts;
    private final VirtioGround ground;
    /** Null before the first start, or if the device has none. */
    private volatile VirtioControl control;
    /** Null if the device filters nothing. */
    private VirtioFilter filter;
    /** The features that the offloads of the port need, and its RSS. */
    private long offloads;
    private RssConfig rss = RssConfig.OFF;
    private volatile boolean interrupt;

    private VirtioDev(VirtioTransport transport, DmaAllocator allocator, VirtioFacts facts) {
        super(transport.presence(), facts.info());
        this.transport = transport;
        this.facts = facts;
        this.ground = new PciGround(transport.device(), allocator, facts.features());
    }

    /**
     * Resets the device and reads what it is. Control thread.
     *
     * @throws DeviceException the device does not answer, or is not as the specification wants
     */
    static VirtioDev probe(VirtioTransport transport, DmaAllocator allocator)
            throws DeviceException {
        StandbyArgs standby = StandbyArgs.parse(transport.device().devargs());
        return new VirtioDev(transport, allocator, VirtioFacts.read(transport, standby));
    }

    @Override
    protected VirtioRxQueue createRxQueue(QueueSetup queue) throws DeviceException {
        return new VirtioRxQueue(ground, fit(queue));
    }

    @Override
    protected VirtioTxQueue createTxQueue(QueueSetup queue) throws DeviceException {
        return new VirtioTxQueue(ground, fit(queue), facts.maxFrame());
    }

    /** With a ring that the device can have. */
    private QueueSetup fit(QueueSetup queue) {
        return new QueueSetup(queue.index(), Math.min(queue.descriptors(), facts.ring()),
                queue.pool(), queue.portId(), queue.counters());
    }

    @Override
    public void configure(PortConfig config) throws DeviceException {
        if (config.txQueues() > config.rxQueues()) {
            throw new DeviceException(("%s: %s transmit queues need as many receive queues: they "
                    + "come in pairs (--rxq)").formatted(transport.device(), config.txQueues()));
        }
        rss = config.rss();
        offloads = VirtioOffload.features(config) | VirtioRss.features(rss);
    }

    /** Source: 3.1.1 and 5.1.5. */
    @Override
    protected void startDevice() throws DeviceException {
        long offered = transport.begin();
        if (!VirtioFeature.has(offered, facts.features() | offloads)) {
            throw new DeviceException(("%s: offers the features %#x, without some of those that it "
                    + "was attached with, %#x (detach and attach it again)").formatted(
                    transport.device(), offered, facts.features()));
        }
        long features = features();
        transport.accept(features);
        for (VirtioRxQueue rx : rxQueues()) {
            rx.prepare(VirtioFeature.has(features, VirtioFeature.GUEST_CSUM));
        }
        txQueues().forEach(
                tx -> tx.prepare(VirtioFeature.has(features, VirtioFeature.CSUM)));
        List<VirtioDoorbell> rxBells = new ArrayList<>();
        List<VirtioDoorbell> txBells = new ArrayList<>();
        for (int i = 0; i < rxQueues().size(); i++) {
            rxBells.add(transport.enable(2 * i, rxQueues().get(i).ring()));
        }
        for (int i = 0; i < txQueues().size(); i++) {
            txBells.add(transport.enable(2 * i + 1, txQueues().get(i).ring()));
        }
        VirtioDoorbell controlBell = enableControl(features);
        transport.configInterrupt(interrupt);
        transport.device().setBusMaster(true);
        transport.drive();
        for (int i = 0; i < txBells.size(); i++) {
            txQueues().get(i).handOver(txBells.get(i));
        }
        for (int i = 0; i < rxBells.size(); i++) {
            rxQueues().get(i).handOver(rxBells.get(i));
        }
        if (controlBell != null) {
            control.handOver(controlBell);
            command(features);
        }
        transport.requireAnswer();
        setup().begin(new VirtioSetup(transport, rxQueues(), txQueues()));
    }

    /** The features for this start. A device that filters VLANs lets none through at first. */
    private long features() {
        long features = facts.features() | offloads;
        return rxFilter().vlans().isPresent() ? features
                : features & ~VirtioFeature.CTRL_VLAN;
    }

    private VirtioDoorbell enableControl(long features) throws DeviceException {
        if (!VirtioFeature.has(features, VirtioFeature.CTRL_VQ)) {
            return null;
        }
        if (control == null) {
            control = VirtioControl.allocate(transport, ground, facts.controlQueue(),
                    transport.maxSize(facts.controlQueue()), transport.limit());
        }
        return control.enable();
    }

    /** Says over the control queue what the port was set up for. */
    private void command(long features) throws DeviceException {
        int pairs = rxQueues().size();
        if (VirtioFeature.has(features, VirtioFeature.RSS)) {
            VirtioRss.apply(control, rss, pairs);
        } else if (pairs > 1) {
            control.execute(pairs + " pairs of queues", VirtioRegs.CTRL_MQ,
                    VirtioRegs.MQ_VQ_PAIRS_SET, (byte) pairs, (byte) (pairs >> Byte.SIZE));
        }
        filter = null;
        if (VirtioFeature.has(features, VirtioFeature.CTRL_RX)) {
            filter = new VirtioFilter(control, features);
            filter.apply(rxFilter());
        }
    }

    @Override
    protected void applyRxFilter(RxFilter next) throws DeviceException {
        if (filter != null && setup().current().isPresent()) {
            filter.apply(next);
        }
    }

    /** The device may ask to be announced to its network, 5.1.6.5.4. */
    @Override
    protected Optional<String> news() {
        boolean asked = setup().current().isPresent()
                && VirtioFeature.has(facts.features(), VirtioFeature.GUEST_ANNOUNCE)
                && (transport.net().read16(VirtioRegs.STATUS) & VirtioRegs.STATUS_ANNOUNCE) != 0
                && transport.presence().answers();
        if (!asked) {
            return Optional.empty();
        }
        VirtioControl queue = control;
        if (queue != null) {
            queue.acknowledge();
        }
        return Optional.of("asks to be announced: it was moved to another place of the network");
    }

    @Override
    protected void stopDevice() {
        if (control != null) {
            control.stop();
        }
        super.stopDevice();
    }

    @Override
    protected Optional<String> quiesce() {
        if (!transport.reset()) {
            return Optional.of("its reset is not done");
        }
        transport.configInterrupt(interrupt);
        return Optional.empty();
    }

    @Override
    protected void closeDevice() {
        super.closeDevice();
        if (control != null) {
            control.close();
        }
    }

    @Override
    protected void beginInterrupts() {
        interrupt = true;
        transport.configInterrupt(true);
    }

    @Override
    protected boolean interrupted() {
        transport.acknowledge();
        return true;
    }

    @Override
    protected void endInterrupts() {
        transport.configInterrupt(false);
    }

    @Override
    protected String model() {
        return "virtio";
    }

    @Override
    protected Link readLink() {
        return facts.link(transport);
    }
}
