// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_packet;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.netif.Memberships;
import io.hotbus.netif.NetInterface;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.netif.UnderlyingInterface;
import io.hotbus.netif.packet.FrameFilter;
import io.hotbus.netif.packet.PacketOs;
import io.hotbus.netif.packet.PacketRxQueue;
import io.hotbus.netif.packet.PacketSocket;
import io.hotbus.netif.packet.PacketTxQueue;
import io.hotbus.os.LinuxException;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.LocalMac;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.RxInterrupt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network interface as an Ethernet device. Sockets and rings are opened when the device is
 * started; those of the transmit queues are left until the next start, or the end.
 */
final class AfPacketDev extends AbstractEthDev<PacketRxQueue, PacketTxQueue> {
    private static final Logger LOG = LoggerFactory.getLogger(AfPacketDev.class);
    private static final int MAX_DESCRIPTORS = 1 << 15;
    private static final int MAX_MTU = 65535;
    /** The address of the loopback interface, which has none. */
    private static final long LOOPBACK_MAC = 0x02_00_00_6c_00_00L;

    private final String name;
    private final AfPacketArgs args;
    private final PacketOs os;
    private final InterruptThread interrupts;
    private final UnderlyingInterface netif;
    private final Memberships memberships;
    /** The sockets of the receive queues; none while the device is stopped. */
    private final List<PacketSocket> receiving = new ArrayList<>();
    /** Those of the transmit queues. After a stop their rings have what was not sent. */
    private final List<PacketSocket> sending = new ArrayList<>();
    /** Held while sockets are opened or closed. */
    private final ReentrantLock setUp = new ReentrantLock();
    private PacketRxQueue.Offloads offloads = new PacketRxQueue.Offloads(false, false, false);
    private boolean insertVlan;
    private long dropped;

    private AfPacketDev(String name, AfPacketArgs args, PacketOs os, InterruptThread interrupts,
            UnderlyingInterface netif, Memberships memberships) {
        super(netif.describe(new EthDevInfo(AfPacketDriver.NAME,
                netif.mac().orElseGet(() -> LocalMac.of(LOOPBACK_MAC, name)),
                new QueueLimits(args.queuePairs(), 1, MAX_DESCRIPTORS))
                .withFilter(Memberships.LIMITS)
                .withOffloads(Set.of(RxOffload.VLAN_STRIP, RxOffload.TCP_CKSUM,
                        RxOffload.UDP_CKSUM), Set.of(TxOffload.VLAN_INSERT)), MAX_MTU));
        this.name = name;
        this.args = args;
        this.os = os;
        this.interrupts = interrupts;
        this.netif = netif;
        this.memberships = memberships;
    }

    /**
     * Creates a device of an interface.
     *
     * @throws DeviceException there is no such interface, or a right is missing
     */
    static AfPacketDev of(String name, AfPacketArgs args, PacketOs os, InterruptThread interrupts,
            NetInterfaces interfaces) throws DeviceException {
        try {
            final UnderlyingInterface netif =
                    UnderlyingInterface.find(interfaces, name, args.iface());
            return new AfPacketDev(name, args, os, interrupts, netif,
                    new Memberships(os.linux(), os.sockets(), netif.now()));
        } catch (IOException e) {
            throw PacketOs.failure(name, e);
        }
    }

    UnderlyingInterface netif() {
        return netif;
    }

    /** Whether its sockets are bound no longer. False while it is being started or stopped. */
    boolean hasLostInterface() {
        if (!setUp.tryLock()) {
            return false;
        }
        try {
            return !receiving.isEmpty() && !receiving.get(0).isBound();
        } catch (LinuxException e) {
            LOG.debug("{}: {}", name, e.getMessage());
            return false;
        } finally {
            setUp.unlock();
        }
    }

    /** Zero: frames are copied, so a queue holds no buffers. */
    @Override
    public int maxRxBuffers(int descriptors) {
        return 0;
    }

    @Override
    public int maxTxBuffers(int descriptors) {
        return 0;
    }

    @Override
    public void configure(PortConfig config) {
        offloads = new PacketRxQueue.Offloads(
                config.rxOffloads().contains(RxOffload.VLAN_STRIP),
                config.rxOffloads().contains(RxOffload.TCP_CKSUM)
                        || config.rxOffloads().contains(RxOffload.UDP_CKSUM), false);
        insertVlan = config.txOffloads().contains(TxOffload.VLAN_INSERT);
    }

    @Override
    protected PacketRxQueue createRxQueue(QueueSetup setup) {
        return new PacketRxQueue(setup, offloads, new RxInterrupt(interrupts));
    }

    @Override
    protected PacketTxQueue createTxQueue(QueueSetup setup) {
        return new PacketTxQueue(os.packets(), setup, insertVlan, netif);
    }

    @Override
    protected void startDevice() throws DeviceException {
        setUp.lock();
        try {
            closeSending();
            netif.applyMtu(mtu());
            final NetInterface now = netif.refresh();
            memberships.apply(rxFilter());
            for (PacketRxQueue queue : rxQueues()) {
                openRx(queue, now);
            }
            makeFanout();
            for (PacketTxQueue queue : txQueues()) {
                openTx(queue, now);
            }
        } catch (IOException e) {
            throw PacketOs.failure(name, e);
        } finally {
            setUp.unlock();
        }
    }

    private void openRx(PacketRxQueue queue, NetInterface now) throws LinuxException {
        final PacketSocket socket = PacketSocket.receiving(os, name + " rx " + receiving.size(),
                now, args.receiving(now.mtu()), false);
        receiving.add(socket);
        socket.filter(new FrameFilter(rxFilter()));
        queue.open(socket);
    }

    private void makeFanout() throws LinuxException {
        if (receiving.size() > 1) {
            final int group = receiving.get(0).found(args.fanout());
            for (PacketSocket socket : receiving.subList(1, receiving.size())) {
                socket.join(group);
            }
        }
    }

    private void openTx(PacketTxQueue queue, NetInterface now) throws LinuxException {
        final PacketSocket socket = PacketSocket.sending(os, name + " tx " + sending.size(), now,
                args.sending(now.mtu()), args.qdiscBypass());
        sending.add(socket);
        queue.open(socket);
    }

    @Override
    protected void stopDevice() {
        setUp.lock();
        try {
            missed();
            rxQueues().forEach(PacketRxQueue::close);
            txQueues().forEach(PacketTxQueue::stop);
            receiving.forEach(PacketSocket::close);
            receiving.clear();
        } finally {
            setUp.unlock();
        }
    }

    @Override
    protected void closeDevice() {
        closeSending();
        memberships.close();
    }

    private void closeSending() {
        txQueues().forEach(PacketTxQueue::close);
        sending.forEach(PacketSocket::close);
        sending.clear();
    }

    @Override
    protected void applyRxFilter(RxFilter next) throws DeviceException {
        try {
            netif.applyAddress(rxFilter(), next);
            memberships.apply(next);
            for (PacketSocket socket : receiving) {
                socket.filter(new FrameFilter(next));
            }
        } catch (IOException e) {
            throw PacketOs.failure(name, e);
        }
    }

    @Override
    protected Link readLink() {
        return netif.link();
    }

    /** Frames that found no room in the receive rings. */
    @Override
    protected long missed() {
        for (PacketSocket socket : receiving) {
            dropped += socket.takeDropped();
        }
        return dropped;
    }
}
