// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.tap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.netif.PortInterface;
import io.hotbus.netif.UnderlyingInterface;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.PacketCalls;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.RxInterrupt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A tap interface as an Ethernet device. The interface is up while the device is started. */
final class TapDev extends AbstractEthDev<TapRxQueue, TapTxQueue> {
    private static final Logger LOG = LoggerFactory.getLogger(TapDev.class);
    private static final int MAX_QUEUES = 16;
    private static final int MAX_DESCRIPTORS = 1 << 15;
    private static final int MAX_MTU = 65535;
    /** It receives all that the kernel sends; its address is that of the interface. */
    private static final RxFilterLimits FILTER =
            new RxFilterLimits(0, true, 64, true, true, false);

    private final String name;
    private final TapDescriptors descriptors;
    private final PortInterface state;
    private final Linux linux;
    private final PacketCalls calls;
    private final InterruptThread interrupts;
    private final UnderlyingInterface netif;
    private final List<FrameBurst> memory = new ArrayList<>();

    /** @param state follows the interface, until the device is closed */
    TapDev(PortInterface state, TapDescriptors descriptors, Linux linux, PacketCalls calls,
            InterruptThread interrupts, UnderlyingInterface netif, MacAddress mac) {
        super(netif.describe(new EthDevInfo(TapDriver.NAME, mac, new QueueLimits(
                descriptors.isMultiQueue() ? MAX_QUEUES : 1, 1, MAX_DESCRIPTORS))
                .withFilter(FILTER), MAX_MTU));
        this.name = state.toString();
        this.state = state;
        this.descriptors = descriptors;
        this.linux = linux;
        this.calls = calls;
        this.interrupts = interrupts;
        this.netif = netif;
    }

    /** Whether its descriptors have no interface any more. */
    boolean hasLostInterface() {
        return !isClosed() && !descriptors.isAlive();
    }

    /** Zero: the buffers of a burst are filled, or given back at once. */
    @Override
    public int maxRxBuffers(int descriptorsOfQueue) {
        return 0;
    }

    @Override
    public int maxTxBuffers(int descriptorsOfQueue) {
        return 0;
    }

    /** The kernel spreads its frames over all descriptors, so there is one for each rx queue. */
    @Override
    public void configure(PortConfig config) throws DeviceException {
        descriptors.setQueues(config.rxQueues());
        freeMemory();
    }

    @Override
    protected TapRxQueue createRxQueue(QueueSetup setup) throws DeviceException {
        return new TapRxQueue(calls, newMemory(), descriptors.fd(setup.index()), setup, netif,
                new RxInterrupt(interrupts));
    }

    @Override
    protected TapTxQueue createTxQueue(QueueSetup setup) throws DeviceException {
        return new TapTxQueue(calls, newMemory(), descriptors.fd(setup.index()), setup, netif);
    }

    private FrameBurst newMemory() throws DeviceException {
        try {
            final FrameBurst burst = new FrameBurst(linux, name);
            memory.add(burst);
            return burst;
        } catch (LinuxException e) {
            throw failure(e);
        }
    }

    private void freeMemory() {
        memory.forEach(FrameBurst::free);
        memory.clear();
    }

    private DeviceException failure(IOException e) {
        return new DeviceException(name + ": " + e.getMessage(), e);
    }

    @Override
    protected void startDevice() throws DeviceException {
        if (!descriptors.isAlive()) {
            throw new DeviceException("%s: the interface %s is gone".formatted(name, netif));
        }
        try {
            netif.applyMtu(mtu());
            netif.setUp(true);
            netif.refresh();
            rxQueues().forEach(TapRxQueue::start);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    protected void stopDevice() {
        rxQueues().forEach(TapRxQueue::stop);
        if (!descriptors.isAlive()) {
            return;
        }
        try {
            netif.setUp(false);
        } catch (IOException e) {
            LOG.info("{}: the interface is not set down: {}", name, e.getMessage());
        }
    }

    /** The interface ends with its descriptors, which is no removal. */
    @Override
    protected void closeDevice() {
        state.close();
        descriptors.close();
        freeMemory();
    }

    @Override
    protected void applyRxFilter(RxFilter next) throws DeviceException {
        try {
            netif.applyAddress(rxFilter(), next);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    protected Link readLink() {
        return netif.link();
    }
}
