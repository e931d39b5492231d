// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.QueueSetup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** One port on an interface: a socket for each of its queues while it is started. */
final class XdpDev extends AbstractEthDev<XdpRxQueue, XdpTxQueue> {
    private static final int MIN_DESCRIPTORS = 64;
    private static final int MAX_DESCRIPTORS = 1 << 14;
    /** The longest packet that fits in the descriptors of a packet. */
    private static final int MAX_MTU = 9000;

    /** Services that a device uses. */
    record Services(Linux linux, Sockets sockets, DmaAllocator memory) {
    }

    /** The interface: its number, and how to ask for its present link. */
    record Interface(int index, MacAddress macAddress, Supplier<Link> link) {
    }

    private final String name;
    private final XdpArgs args;
    private final Services services;
    private final Interface netif;
    private final XdpProgram program;
    /** Open sockets, by queue; guarded by itself, as is the next field. */
    private final List<XskSocket> sockets = new ArrayList<>();
    private long missedBefore;

    XdpDev(String name, XdpArgs args, Interface netif, XdpProgram program, Services services) {
        super(new EthDevInfo(XdpDriver.NAME, netif.macAddress,
                new QueueLimits(args.queueCount(), MIN_DESCRIPTORS, MAX_DESCRIPTORS))
                .withMaxMtu(MAX_MTU));
        this.name = name;
        this.args = args;
        this.netif = netif;
        this.program = program;
        this.services = services;
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
        return new XdpRxQueue(setup, args.busyBudget() > 0);
    }

    @Override
    protected XdpTxQueue createTxQueue(QueueSetup setup) {
        return new XdpTxQueue(setup);
    }

    @Override
    protected void startDevice() throws DeviceException {
        stopDevice();
        int count = Math.max(rxQueues().size(), txQueues().size());
        for (int queue = 0; queue < count; queue++) {
            try {
                start(queue);
            } catch (IOException e) {
                throw new DeviceException("%s: cannot start queue %s of interface %s: %s"
                        .formatted(name, args.startQueue() + queue, args.iface(),
                                e.getMessage()), e);
            }
        }
    }

    private void start(int queue) throws IOException {
        XdpRxQueue rx = queue < rxQueues().size() ? rxQueues().get(queue) : null;
        XdpTxQueue tx = queue < txQueues().size() ? txQueues().get(queue) : null;
        int rxSize = rx == null ? 0 : rx.size();
        int txSize = tx == null ? 0 : tx.size();
        String what = name + " queue " + queue;
        int queueOfInterface = args.startQueue() + queue;
        XskSocket socket = XskSocket.open(services.linux, services.sockets, services.memory,
                new XskSocket.Wish(what, netif.index, queueOfInterface, rxSize, txSize,
                        args.forceCopy(), args.busyBudget()));
        synchronized (sockets) {
            sockets.add(socket);
        }
        if (tx != null) {
            tx.start(socket, mtu() + EthDevInfo.OVERHEAD);
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
    protected long missed() {
        synchronized (sockets) {
            long sum = missedBefore;
            for (XskSocket socket : sockets) {
                sum += socket.missed();
            }
            return sum;
        }
    }

    @Override
    protected Link readLink() {
        return netif.link.get();
    }
}
