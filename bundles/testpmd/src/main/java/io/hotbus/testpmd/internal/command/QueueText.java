// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.PortPlan;
import io.hotbus.testpmd.QueueSetup;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Bursts, queues and offloads, as {@code show config rxtx} returns them. */
record QueueText(String engine, int burst, int cores, List<Ports> ports) {
    /** The bits of DPDK's {@code RTE_ETH_RX_OFFLOAD_*}. */
    private static final Map<RxOffload, Long> RX_BITS = Map.of(RxOffload.VLAN_STRIP, 1L,
            RxOffload.IPV4_CKSUM, 2L, RxOffload.UDP_CKSUM, 4L, RxOffload.TCP_CKSUM, 8L,
            RxOffload.RSS_HASH, 1L << 19);
    /** The bits of DPDK's {@code RTE_ETH_TX_OFFLOAD_*}. */
    private static final Map<TxOffload, Long> TX_BITS = Map.of(TxOffload.VLAN_INSERT, 1L,
            TxOffload.IPV4_CKSUM, 2L, TxOffload.UDP_CKSUM, 4L, TxOffload.TCP_CKSUM, 8L,
            TxOffload.TCP_TSO, 1L << 5);

    /** The queues of a port. */
    private record Ports(int port, int rxQueues, int txQueues, int rxDescriptors,
            int txDescriptors, long rxOffloads, long txOffloads) {
        private String text() {
            return "\n  port %s: RX queue number: %s Tx queue number: %s".formatted(
                    port, rxQueues, txQueues)
                    + "\n    Rx offloads=0x%x Tx offloads=0x%x".formatted(rxOffloads, txOffloads)
                    + queues("RX", rxQueues, rxDescriptors, "\n      RX Offloads=", rxOffloads)
                    + queues("TX", txQueues, txDescriptors, "\n      TX offloads=", txOffloads);
        }

        private static String queues(
                String direction, int count, int descriptors, String label, long offloads) {
            return IntStream.range(0, count).mapToObj(queue -> "\n    %1$s queue: %2$s\n      %1$s "
                    .formatted(direction, queue) + "desc=%s%s0x%x".formatted(
                            descriptors, label, offloads)).collect(Collectors.joining());
        }
    }

    static QueueText of(
            FwdSettings settings, List<Port> ports, ForwardText.Configuration forwarding) {
        return new QueueText(forwarding.engine(), settings.config().burst(), forwarding.lcores(),
                ports.stream().map(port -> ports(port, settings.config().queues(),
                        settings.plan(port.name()))).toList());
    }

    private static Ports ports(Port port, QueueSetup setup, PortPlan plan) {
        return new Ports(port.id(), port.rxQueueCount(), port.txQueueCount(),
                setup.rxDescriptors(), setup.txDescriptors(), bits(plan.rxOffloads(), RX_BITS),
                bits(plan.txOffloads(), TX_BITS));
    }

    private static <E> long bits(Set<E> offloads, Map<E, Long> bits) {
        return offloads.stream().mapToLong(bits::get).reduce(0, (a, b) -> a | b);
    }

    /** The shape that DPDK's testpmd prints, without thresholds, which there are none of. */
    String text() {
        return "  %s packet forwarding packets/burst=%s\n".formatted(engine, burst)
                + "  nb forwarding cores=%s - nb forwarding ports=%s".formatted(
                        cores, ports.size())
                + ports.stream().map(Ports::text).collect(Collectors.joining());
    }
}
