// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.netif.packet.PacketRxQueue;
import io.hotbus.netif.packet.PacketSocket;
import io.hotbus.pmd.eth.QueueSetup;
import java.util.Optional;

/** A network interface that a queue receives from. {@link LiveInterface} finds that it is gone. */
final class InterfaceSource implements Source {
    /** Tags and checksums as on the wire, with the time at which a frame was received. */
    private static final PacketRxQueue.Offloads OFFLOADS =
            new PacketRxQueue.Offloads(false, false, true);

    private final LiveInterface live;
    private final boolean outgoing;
    private PacketRxQueue queue;
    /** Null while the device is stopped. Guarded by this, as is the next. */
    private PacketSocket socket;
    private long missed;

    /** {@code outgoing}: whether the queue receives what other programs of this host send, too. */
    InterfaceSource(LiveInterface live, boolean outgoing) {
        this.live = live;
        this.outgoing = outgoing;
    }

    @Override
    public String name() {
        return live.netif().now().name();
    }

    @Override
    public RxQueue queue(QueueSetup setup) {
        queue = new PacketRxQueue(setup, OFFLOADS, live.interrupt());
        return queue;
    }

    @Override
    public synchronized void start() throws DeviceException {
        socket = live.receive(outgoing);
        queue.open(socket);
    }

    @Override
    public synchronized void stop() {
        if (socket != null) {
            missed();
            socket = null;
            queue.close();
        }
    }

    /** Frames that found no room in the ring. */
    @Override
    public synchronized long missed() {
        if (socket != null) {
            missed += socket.takeDropped();
        }
        return missed;
    }

    @Override
    public Optional<String> look() {
        return Optional.empty();
    }

    @Override
    public void close() {
        stop();
    }
}
