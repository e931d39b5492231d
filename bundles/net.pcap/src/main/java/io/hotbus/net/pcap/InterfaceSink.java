// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.netif.packet.PacketTxQueue;
import io.hotbus.os.PacketCalls;
import io.hotbus.pmd.eth.QueueSetup;
import java.util.Optional;

/** A network interface that a queue sends to. {@link LiveInterface} finds that it is gone. */
final class InterfaceSink implements Sink {
    private final LiveInterface live;
    private final PacketCalls packets;
    private PacketTxQueue queue;

    InterfaceSink(LiveInterface live, PacketCalls packets) {
        this.live = live;
        this.packets = packets;
    }

    @Override
    public String name() {
        return live.netif().now().name();
    }

    @Override
    public TxQueue queue(QueueSetup setup) {
        queue = new PacketTxQueue(packets, setup, false, live.netif());
        return queue;
    }

    @Override
    public void start() throws DeviceException {
        queue.open(live.send());
    }

    @Override
    public void stop() {
        if (queue != null) {
            queue.close();
        }
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
