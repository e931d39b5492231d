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
        String state, boolean removed, boolean linkUp, int linkSpeedMbps, boolean fullDuplex,
        boolean promiscuous, boolean allMulticast, int mtu, Queues rx, Queues tx) {
    /** The receive or the transmit queues of a port, and the limits of its device. */
    private record Queues(int queues, int maxQueues, int minDescriptors, int maxDescriptors) {
        static Queues of(int queues, QueueLimits limits) {
            return new Queues(queues, limits.maxQueues(), limits.minDescriptors(),
                    limits.maxDescriptors());
        }

        String text() {
            return "%s of at most %s, each of %s to %s descriptors".formatted(
                    queues, maxQueues, minDescriptors, maxDescriptors);
        }
    }

    static PortInfo of(Port port) {
        Link link = port.link();
        return new PortInfo(port.id(), port.name(), port.device().busName(),
                port.device().devargs().toString(), port.info().driver(),
                port.macAddress().toString(), port.state().toString(), port.isRemoved(),
                link.up(), link.speedMbps(), link.fullDuplex(), port.promiscuous(),
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

    /** The shape that DPDK's testpmd prints. */
    String text() {
        return """
                %s
                Device name: %s (%s bus)
                Devargs: %s
                Driver name: %s
                MAC address: %s
                State: %s%s
                Link status: %s
                Link speed: %s
                MTU: %s
                Promiscuous mode: %s
                Allmulticast mode: %s
                RX queues: %s
                TX queues: %s""".formatted(
                PortText.heading("*", "Infos for port " + port), device, bus, devargs, driver,
                mac, state, removed ? ", device removed" : "", linkUp ? "up" : "down",
                linkUp ? linkSpeedMbps + " Mbps" + (fullDuplex ? ", full-duplex" : "") : "none",
                mtu, promiscuous ? "enabled" : "disabled",
                allMulticast ? "enabled" : "disabled", rx.text(), tx.text());
    }
}
