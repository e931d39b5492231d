// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.netif.Memberships;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.netif.UnderlyingInterface;
import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.LocalMac;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.RxInterrupt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One port on an interface. The XDP program is on the interface as long as the device exists; each
 * queue has a socket while the device is started.
 */
final class XdpDev extends AbstractEthDev<XdpRxQueue, XdpTxQueue> {
    /** As in DPDK: the kernel looks for so many packets at once. */
    private static final int BURST = 64;
    private static final int MIN_DESCRIPTORS = 64;
    private static final int MAX_DESCRIPTORS = 1 << 14;
    /** A packet has so many descriptors that the kernel sends every such packet. */
    private static final int MAX_MTU = 9000;
    /** For an interface without an address. */
    private static final long LOCAL_MAC = 0x02_00_00_78_00_00L;

    private final String name;
    private final XdpArgs args;
    private final XskSocket.Os os;
    private final DmaAllocator memory;
    private final InterruptThread interrupts;
    private final UnderlyingInterface netif;
    private final Memberships memberships;
    private final XdpProgram program;
    /** Open sockets, by queue; guarded by itself, as is the next field. */
    private final List<XskSocket> sockets = new ArrayList<>();
    private long missedBefore;

    private XdpDev(String name, XdpArgs args, UnderlyingInterface netif, XskSocket.Os os,
            DmaAllocator memory, InterruptThread interrupts) throws LinuxException {
        super(netif.describe(new EthDevInfo(XdpDriver.NAME,
                netif.mac().orElseGet(() -> LocalMac.of(LOCAL_MAC, name)),
                new QueueLimits(args.queueCount(), MIN_DESCRIPTORS, MAX_DESCRIPTORS)
                        .withPreferredBurst(BURST))
                .withFilter(Memberships.LIMITS), MAX_MTU));
        this.name = name;
        this.args = args;
        this.os = os;
        this.memory = memory;
        this.interrupts = interrupts;
        this.netif = netif;
        this.program = XdpProgram.attach(os.linux(), name + " on " + netif.now().name(),
                netif.now().index(), args.startQueue() + args.queueCount());
        try {
            this.memberships = new Memberships(os.linux(), os.sockets(), netif.now());
        } catch (LinuxException e) {
            program.close();
            throw e;
        }
    }

    /**
     * Creates a device of an interface, and puts the program on the interface.
     *
     * @throws DeviceException there is no such interface, it has a program already, or a right is
     *     missing
     */
    static XdpDev of(String name, XdpArgs args, NetInterfaces interfaces, XskSocket.Os os,
            DmaAllocator memory, InterruptThread interrupts) throws DeviceException {
        try {
            return new XdpDev(name, args,
                    UnderlyingInterface.find(interfaces, name, args.iface()), os, memory,
                    interrupts);
        } catch (LinuxException e) {
            throw new DeviceException("%s: %s%s".formatted(name, e.getMessage(), cure(e)), e);
        } catch (IOException e) {
            throw new DeviceException(name + ": " + e.getMessage(), e);
        }
    }

    private static String cure(LinuxException e) {
        return switch (e.errno()) {
            case Errno.EPERM -> "; CAP_BPF, CAP_NET_ADMIN and CAP_NET_RAW are needed: run as root";
            case Errno.EBUSY, Errno.EEXIST ->
                    "; the interface has an XDP program already (ip link): remove it";
            default -> "";
        };
    }

    UnderlyingInterface netif() {
        return netif;
    }

    /** A socket that the kernel has unbound says so when it is asked to send. */
    boolean hasLostInterface() {
        synchronized (sockets) {
            return !sockets.isEmpty() && sockets.get(0).kick() == -Errno.ENXIO;
        }
    }

    /** Zero: packets are copied, so the rings hold no buffers of a pool. */
    @Override
    public int maxRxBuffers(int descriptors) {
        return 0;
    }

    @Override
    public int maxTxBuffers(int descriptors) {
        return 0;
    }

    @Override
    protected XdpRxQueue createRxQueue(QueueSetup setup) {
        return new XdpRxQueue(setup, args.busyBudget() > 0, new RxInterrupt(interrupts));
    }

    @Override
    protected XdpTxQueue createTxQueue(QueueSetup setup) {
        return new XdpTxQueue(setup, netif);
    }

    @Override
    protected void startDevice() throws DeviceException {
        stopDevice();
        try {
            netif.applyMtu(mtu());
            netif.refresh();
            memberships.apply(rxFilter());
        } catch (IOException e) {
            throw new DeviceException("%s: interface %s cannot be set up: %s"
                    .formatted(name, args.iface(), e.getMessage()), e);
        }
        int count = Math.max(rxQueues().size(), txQueues().size());
        for (int queue = 0; queue < count; queue++) {
            try {
                start(queue);
            } catch (IOException e) {
                throw new DeviceException("%s: queue %s of interface %s cannot be started: %s"
                        .formatted(name, args.startQueue() + queue, args.iface(),
                                e.getMessage()), e);
            }
        }
    }

    private void start(int queue) throws IOException {
        XdpRxQueue rx = queue < rxQueues().size() ? rxQueues().get(queue) : null;
        XdpTxQueue tx = queue < txQueues().size() ? txQueues().get(queue) : null;
        String what = name + " queue " + queue;
        int queueOfInterface = args.startQueue() + queue;
        XskSocket socket = XskSocket.open(os, memory, new XskSocket.Wish(what, netif.now().index(),
                queueOfInterface, rx == null ? 0 : rx.size(), tx == null ? 0 : tx.size(),
                args.forceCopy(), args.busyBudget()));
        synchronized (sockets) {
            sockets.add(socket);
        }
        if (tx != null) {
            tx.start(socket);
        }
        if (rx != null) {
            rx.start(socket);
            program.redirect(what, queueOfInterface, socket.fd());
        }
    }

    @Override
    protected void stopDevice() {
        rxQueues().forEach(XdpRxQueue::stop);
        txQueues().forEach(XdpTxQueue::stop);
        synchronized (sockets) {
            missedBefore = missed();
            sockets.forEach(XskSocket::close);
            sockets.clear();
        }
    }

    @Override
    protected void closeDevice() {
        memberships.close();
        program.close();
    }

    @Override
    protected void applyRxFilter(RxFilter next) throws DeviceException {
        try {
            netif.applyAddress(rxFilter(), next);
            memberships.apply(next);
        } catch (IOException e) {
            throw new DeviceException(name + ": " + e.getMessage(), e);
        }
    }

    @Override
    protected long missed() {
        synchronized (sockets) {
            return missedBefore + sockets.stream().mapToLong(XskSocket::missed).sum();
        }
    }

    @Override
    protected Link readLink() {
        return netif.link();
    }
}
