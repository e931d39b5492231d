// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilter;
import java.util.stream.Collectors;

/** What a port is, as {@code show port info} returns it. */
record PortInfo(int port, String device, String bus, String devargs, String driver, String mac,
        int socket, String state, boolean removed, boolean linkUp, int linkSpeedMbps,
        boolean fullDuplex, boolean promiscuous, boolean allMulticast, int mtu, Queues rx,
        Queues tx) {
    /** The receive or the transmit queues of a port, and the limits of its device. */
    private record Queues(int queues, int maxQueues, int minDescriptors, int maxDescriptors) {
        static Queues of(int queues, QueueLimits limits) {
            return new Queues(queues, limits.maxQueues(), limits.minDescriptors(),
                    limits.maxDescriptors());
        }

        String text(String name) {
            return """
                    Current number of %1$s queues: %2$s
                    Max possible %1$s queues: %3$s
                    Max possible number of %1$sDs per queue: %5$s
                    Min possible number of %1$sDs per queue: %4$s""".formatted(
                    name, queues, maxQueues, minDescriptors, maxDescriptors);
        }
    }

    static PortInfo of(Port port) {
        Link link = port.link();
        return new PortInfo(port.id(), port.name(), port.device().busName(),
                port.device().devargs().toString(), port.info().driver(),
                port.macAddress().toString(), Sockets.of(port), port.state().toString(),
                port.isRemoved(), link.up(), link.speedMbps(), link.fullDuplex(),
                port.promiscuous(),
                port.rxFilter().allMulticast(), port.mtu(),
                Queues.of(port.rxQueueCount(), port.info().rx()),
                Queues.of(port.txQueueCount(), port.info().tx()));
    }

    /** Which frames a port receives, in one line. */
    static String filter(Port port) {
        RxFilter filter = port.rxFilter();
        String vlans = filter.vlans().map(ids -> ids.size() + " VLAN(s)").orElse("all VLANs");
        return "Port %s receives frames for %s, %s group(s), %s".formatted(
                PortSelector.describe(port),
                filter.addresses().stream().map(MacAddress::toString)
                        .collect(Collectors.joining(" ")),
                filter.groups().size(), vlans);
    }

    /** The shape that DPDK's testpmd prints; what it has not stands at the end. */
    String text() {
        return """

                %1$s Infos for port %2$-2s %1$s
                MAC address: %3$s
                Device name: %4$s
                Driver name: %5$s
                Devargs: %6$s
                Connect to socket: %18$s
                memory allocation on the socket: %18$s
                Link status: %7$s
                Link speed: %8$s
                Link duplex: %9$s
                MTU: %10$s
                Promiscuous mode: %11$s
                Allmulticast mode: %12$s
                %13$s
                %14$s
                Bus: %15$s
                State: %16$s%17$s""".formatted("*".repeat(21), port, mac, device, driver, devargs,
                linkUp ? "up" : "down", PortText.speed(linkUp ? linkSpeedMbps : 0),
                fullDuplex ? "full-duplex" : "half-duplex", mtu, enabled(promiscuous),
                enabled(allMulticast), rx.text("RX"), tx.text("TX"), bus, state,
                removed ? ", device removed" : "", socket);
    }

    private static String enabled(boolean on) {
        return on ? "enabled" : "disabled";
    }
}
