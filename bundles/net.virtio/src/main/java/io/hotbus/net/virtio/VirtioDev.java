// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.ethdev.Link;
import io.hotbus.pmd.LiveSetup;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.QueueSetup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One virtio network device as an {@code EthDev}.
 *
 * <p>Every start initializes the device from its reset on, and every stop resets it: there is no
 * other way to stop a queue. After a reset the device accesses no memory (4.1.4.3.2), so buffers go
 * back to their pool only then.
 */
final class VirtioDev extends AbstractEthDev<VirtioRxQueue, VirtioTxQueue> {
    private static final Logger LOG = LoggerFactory.getLogger(VirtioDev.class);

    private final VirtioTransport transport;
    private final VirtioFacts facts;
    private final VirtioRing.Ground ground;
    private final LiveSetup<VirtioSetup> setup = new LiveSetup<>();
    private volatile boolean interrupt;

    private VirtioDev(VirtioTransport transport, DmaAllocator allocator, VirtioFacts facts) {
        super(facts.info());
        this.transport = transport;
        this.facts = facts;
        this.ground = new VirtioRing.Ground(transport.device(), allocator, facts.features());
    }

    /**
     * Resets the device and reads what it is. Control thread.
     *
     * @throws DeviceException the device does not answer, or is not as the specification wants
     */
    static VirtioDev probe(VirtioTransport transport, DmaAllocator allocator)
            throws DeviceException {
        return new VirtioDev(transport, allocator, VirtioFacts.read(transport));
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

    /** Source: 3.1.1 and 5.1.5. */
    @Override
    protected void startDevice() throws DeviceException {
        long offered = transport.begin();
        if (!VirtioFeature.has(offered, facts.features())) {
            throw new DeviceException(("%s: offers the features %#x, without some of those that it "
                    + "was attached with, %#x (detach and attach it again)").formatted(
                    transport.device(), offered, facts.features()));
        }
        transport.accept(facts.features());
        for (VirtioRxQueue rx : rxQueues()) {
            rx.prepare();
        }
        txQueues().forEach(VirtioTxQueue::prepare);
        VirtioDoorbell[] bells = new VirtioDoorbell[2 * rxQueues().size()];
        for (int pair = 0; pair < rxQueues().size(); pair++) {
            bells[2 * pair] = transport.enable(2 * pair, rxQueues().get(pair).ring());
            bells[2 * pair + 1] = transport.enable(2 * pair + 1, txQueues().get(pair).ring());
        }
        transport.configInterrupt(interrupt);
        transport.device().setBusMaster(true);
        transport.drive();
        for (int pair = 0; pair < rxQueues().size(); pair++) {
            txQueues().get(pair).handOver(bells[2 * pair + 1]);
            rxQueues().get(pair).handOver(bells[2 * pair]);
        }
        transport.requireAnswer();
        setup.begin(new VirtioSetup(rxQueues(), txQueues()));
    }

    /** The setup of the device while it is started. */
    LiveSetup<VirtioSetup> setup() {
        return setup;
    }

    @Override
    protected void stopDevice() {
        setup.end();
        if (transport.device().isGone()) {
            return;
        }
        boolean done = transport.reset();
        if (done) {
            transport.configInterrupt(interrupt);
            return;
        }
        boolean silent = transport.isSilent();
        busMasterOff();
        if (!silent) {
            LOG.warn("{}: its reset is not done: bus mastering is turned off", transport.device());
        }
    }

    @Override
    protected void closeDevice() {
        busMasterOff();
    }

    /** Ends requests to memory. Fails only if the device is gone, and then it makes no requests. */
    private void busMasterOff() {
        try {
            transport.device().setBusMaster(false);
        } catch (DeviceException e) {
            LOG.debug("{}", e.getMessage(), e);
        }
    }

    /** Enables the configuration interrupt, now and after each start. Control thread, in probe. */
    void enableInterrupt() {
        interrupt = true;
        transport.configInterrupt(true);
    }

    @Override
    protected Link readLink() {
        return facts.link(transport);
    }
}
