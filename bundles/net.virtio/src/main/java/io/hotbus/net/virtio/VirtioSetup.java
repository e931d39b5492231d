// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.pmd.pci.NicQueue;
import io.hotbus.pmd.pci.NicSetup;
import io.hotbus.pmd.virtio.VirtioRxQueue;
import io.hotbus.pmd.virtio.VirtioTxQueue;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The queues of a started device. */
final class VirtioSetup implements NicSetup {
    private final VirtioTransport transport;
    private final List<VirtioRxQueue> rx;
    private final List<VirtioTxQueue> tx;
    private final List<NicQueue> watched;

    VirtioSetup(VirtioTransport transport, List<VirtioRxQueue> rx, List<VirtioTxQueue> tx) {
        this.transport = transport;
        this.rx = List.copyOf(rx);
        this.tx = List.copyOf(tx);
        this.watched = tx.stream().map(VirtioSetup::watched).toList();
    }

    private static NicQueue watched(VirtioTxQueue queue) {
        return new NicQueue() {
            @Override
            public long state() {
                return queue.state();
            }

            @Override
            public boolean hasWorked(long before, long now) {
                return queue.hasWorked(before, now);
            }

            @Override
            public Optional<String> whyStuck(Duration limit) {
                return queue.whyStuck(limit);
            }
        };
    }

    @Override
    public List<? extends NicQueue> queues() {
        return watched;
    }

    @Override
    public Optional<String> difference() {
        int status = transport.status();
        if ((status & VirtioRegs.DEVICE_NEEDS_RESET) != 0) {
            return Optional.of("it asks for a reset (DEVICE_NEEDS_RESET)");
        }
        if (status != VirtioRegs.STARTED) {
            return Optional.of("its status is %#x instead of %#x"
                    .formatted(status, VirtioRegs.STARTED));
        }
        return Stream.concat(
                rx.stream().map(queue -> fault(queue, queue.fault())),
                tx.stream().map(queue -> fault(queue, queue.fault())))
                .filter(Objects::nonNull).findFirst();
    }

    private static String fault(Object queue, String fault) {
        return fault == null ? null : queue + ": " + fault;
    }
}
