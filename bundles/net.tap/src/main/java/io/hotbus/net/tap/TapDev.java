// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.tap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.netif.NetInterface;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.netif.PortInterface;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.PacketCalls;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.QueueSetup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A tap interface as an Ethernet device. The interface is up while the device is started. */
final class TapDev extends AbstractEthDev<TapRxQueue, TapTxQueue> implements PortInterface.User {
    private static final Logger LOG = LoggerFactory.getLogger(TapDev.class);
    private static final int MAX_QUEUES = 16;
    private static final int MAX_DESCRIPTORS = 1 << 15;
    /** It receives all that the kernel sends; its address is that of the interface. */
    private static final RxFilterLimits FILTER =
            new RxFilterLimits(0, true, 64, true, true, false);

    private final String name;
    private final TapDescriptors descriptors;
    private final PortInterface state;
    private final Linux linux;
    private final PacketCalls calls;
    private final NetInterfaces interfaces;
    /** The MTU of the interface, which another program may change. */
    private final AtomicInteger mtuNow = new AtomicInteger();
    private final List<FrameBurst> memory = new ArrayList<>();
    private int appliedMtu;
    private volatile NetInterface netif;
    private volatile int speedMbps;

    /** @param state follows the interface, until the device is closed */
    TapDev(PortInterface state, TapDescriptors descriptors, Linux linux, PacketCalls calls,
            NetInterfaces interfaces, NetInterface netif, MacAddress mac) {
        super(new EthDevInfo(TapDriver.NAME, mac, new QueueLimits(
                descriptors.isMultiQueue() ? MAX_QUEUES : 1, 1, MAX_DESCRIPTORS))
                .withMtu(netif.mtu()).withMaxMtu(netif.maxMtu()).withFilter(FILTER));
        this.name = state.toString();
        this.state = state;
        this.descriptors = descriptors;
        this.linux = linux;
        this.calls = calls;
        this.interfaces = interfaces;
        this.appliedMtu = netif.mtu();
        changed(netif);
    }

    @Override
    public void changed(NetInterface now) {
        netif = now;
        mtuNow.set(now.mtu());
    }

    @Override
    public boolean hasLostInterface() {
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
        return new TapRxQueue(calls, newMemory(), descriptors.fd(setup.index()), setup, mtuNow);
    }

    @Override
    protected TapTxQueue createTxQueue(QueueSetup setup) throws DeviceException {
        return new TapTxQueue(calls, newMemory(), descriptors.fd(setup.index()), setup, mtuNow);
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
            if (mtu() != appliedMtu) {
                interfaces.setMtu(netif, mtu());
                appliedMtu = mtu();
            }
            interfaces.setUp(netif, true);
            final NetInterface now = interfaces.find(netif.index()).orElse(netif);
            changed(now);
            speedMbps = interfaces.link(now).speedMbps();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    protected void stopDevice() {
        if (!descriptors.isAlive()) {
            return;
        }
        try {
            interfaces.setUp(netif, false);
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
            if (!next.address().equals(rxFilter().address())) {
                interfaces.setMac(netif, next.address());
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    protected Link readLink() {
        return netif.hasLink() ? new Link(true, speedMbps, true) : Link.DOWN;
    }
}
