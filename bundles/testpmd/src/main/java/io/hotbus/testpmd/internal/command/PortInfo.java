// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;

/** What a port is, as {@code show port info} returns it. */
record PortInfo(int port, String device, String bus, String devargs, String driver, String mac,
        String state, boolean removed, boolean linkUp, int linkSpeedMbps, boolean fullDuplex,
        boolean promiscuous, int queues, int maxQueues, int minDescriptors, int maxDescriptors) {
    static PortInfo of(Port port) {
        Link link = port.link();
        return new PortInfo(port.id(), port.name(), port.device().busName(),
                port.device().devargs().toString(), port.info().driver(), port.info().macText(),
                port.state().toString(), port.isRemoved(), link.up(), link.speedMbps(),
                link.fullDuplex(), port.promiscuous(), port.queues(), port.info().maxQueues(),
                port.info().minDescriptors(), port.info().maxDescriptors());
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
                Promiscuous mode: %s
                Queues: %s of at most %s
                Descriptors of a queue: %s to %s""".formatted(
                PortText.heading("*", "Infos for port " + port), device, bus, devargs, driver,
                mac, state, removed ? ", device removed" : "", linkUp ? "up" : "down",
                linkUp ? linkSpeedMbps + " Mbps" + (fullDuplex ? ", full-duplex" : "") : "none",
                promiscuous ? "enabled" : "disabled", queues, maxQueues, minDescriptors,
                maxDescriptors);
    }
}
