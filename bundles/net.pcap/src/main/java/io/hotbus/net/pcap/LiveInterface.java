// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.netif.Memberships;
import io.hotbus.netif.NetInterface;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.netif.UnderlyingInterface;
import io.hotbus.netif.packet.FrameFilter;
import io.hotbus.netif.packet.PacketOs;
import io.hotbus.netif.packet.PacketSocket;
import io.hotbus.netif.packet.RingLayout;
import io.hotbus.os.LinuxException;
import io.hotbus.pmd.eth.RxInterrupt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network interface of a device, with the sockets of all queues on it. While a queue receives
 * from the interface, the interface is in promiscuous mode. Control threads.
 */
final class LiveInterface {
    private static final Logger LOG = LoggerFactory.getLogger(LiveInterface.class);
    /** A stack sends and receives segments of up to 64 KiB at once, whatever the MTU. */
    private static final int RX_BLOCK = 128 << 10;
    private static final int RX_FRAMES = 1024;
    private static final int TX_FRAMES = 512;
    private static final RxFilter NOTHING = RxFilter.of(new MacAddress(0x02_00_00_00_00_00L));
    private static final RxFilter ALL = NOTHING.withPromiscuous(true);

    private final String device;
    private final PacketOs os;
    private final InterruptThread interrupts;
    private final UnderlyingInterface netif;
    private final Memberships memberships;
    /** What marks the frames that the device sends; 0: they are not marked. */
    private final int mark;
    private final List<PacketSocket> sockets = new ArrayList<>();
    /** Held while sockets are opened or closed. */
    private final ReentrantLock setUp = new ReentrantLock();

    private LiveInterface(String device, PacketOs os, InterruptThread interrupts,
            UnderlyingInterface netif, boolean marks) throws LinuxException {
        this.device = device;
        this.os = os;
        this.interrupts = interrupts;
        this.netif = netif;
        this.memberships = new Memberships(os.linux(), os.sockets(), netif.now());
        this.mark = marks ? ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE) : 0;
    }

    /**
     * Finds an interface. {@code marks} says whether the device would hear what it sends.
     *
     * @throws DeviceException there is none of that name, its frames are not Ethernet frames, or a
     *     right is missing
     */
    static LiveInterface open(String device, String name, PacketOs os, InterruptThread interrupts,
            NetInterfaces interfaces, boolean marks) throws DeviceException {
        try {
            return new LiveInterface(device, os, interrupts,
                    UnderlyingInterface.find(interfaces, device, name), marks);
        } catch (IOException e) {
            throw PacketOs.failure(device, e);
        }
    }

    UnderlyingInterface netif() {
        return netif;
    }

    /** The receive interrupt of a queue on the interface. */
    RxInterrupt interrupt() {
        return new RxInterrupt(interrupts);
    }

    /**
     * Opens a socket that receives, until {@link #stop}.
     *
     * @param outgoing whether it receives what other programs of this host send, too
     */
    PacketSocket receive(boolean outgoing) throws DeviceException {
        setUp.lock();
        try {
            NetInterface now = netif.refresh();
            memberships.apply(ALL);
            // On the loopback interface each frame is outgoing first, and then incoming.
            PacketSocket socket = PacketSocket.receiving(os, label("rx"), now,
                    RingLayout.receiving(RX_BLOCK, 0, RX_FRAMES, now.mtu()),
                    outgoing && !now.isLoopback());
            sockets.add(socket);
            if (mark != 0) {
                socket.filter(FrameFilter.allButSent(mark));
            }
            return socket;
        } catch (IOException e) {
            throw PacketOs.failure(device, e);
        } finally {
            setUp.unlock();
        }
    }

    /**
     * Opens a socket that sends, until {@link #stop}. Other programs of this host that listen on
     * the interface see what it sends.
     */
    PacketSocket send() throws DeviceException {
        setUp.lock();
        try {
            NetInterface now = netif.refresh();
            PacketSocket socket = PacketSocket.sending(os, label("tx"), now,
                    RingLayout.sending(0, 0, TX_FRAMES, now.mtu()), false);
            sockets.add(socket);
            if (mark != 0) {
                socket.mark(mark);
            }
            return socket;
        } catch (IOException e) {
            throw PacketOs.failure(device, e);
        } finally {
            setUp.unlock();
        }
    }

    private String label(String direction) {
        return "%s %s on %s".formatted(device, direction, netif.now().name());
    }

    /** Closes all sockets. No queue uses them any more. */
    void stop() {
        setUp.lock();
        try {
            sockets.forEach(PacketSocket::close);
            sockets.clear();
            memberships.apply(NOTHING);
        } catch (LinuxException e) {
            LOG.warn("{}: {}", device, e.getMessage());
        } finally {
            setUp.unlock();
        }
    }

    /** Releases the interface, which is stopped. */
    void close() {
        memberships.close();
    }

    /**
     * Whether the kernel has taken the interface from the sockets. False while sockets are being
     * opened or closed. Never blocks.
     */
    boolean hasLostInterface() {
        if (!setUp.tryLock()) {
            return false;
        }
        try {
            return !sockets.isEmpty() && !sockets.get(0).isBound();
        } catch (LinuxException e) {
            LOG.debug("{}: {}", device, e.getMessage());
            return false;
        } finally {
            setUp.unlock();
        }
    }
}
