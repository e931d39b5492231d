// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import java.util.stream.Collectors;

/** A port in words, in the shape that DPDK's testpmd prints. */
final class PortText {
    private static final int WIDTH = 78;

    private PortText() {
    }

    static String info(Port port) {
        Link link = port.link();
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
                RX queues: %s of at most %s, each of %s to %s descriptors
                TX queues: %s of at most %s, each of %s to %s descriptors""".formatted(
                heading("*", "Infos for port " + port.id()),
                port.name(), port.device().busName(), port.device().devargs(),
                port.info().driver(), port.macAddress(), port.state(),
                port.isRemoved() ? ", device removed" : "", link.up() ? "up" : "down",
                link.up() ? link.speedMbps() + " Mbps" + (link.fullDuplex() ? ", full-duplex" : "")
                        : "none",
                port.promiscuous() ? "enabled" : "disabled",
                port.rxQueueCount(), port.info().rx().maxQueues(),
                port.info().rx().minDescriptors(), port.info().rx().maxDescriptors(),
                port.txQueueCount(), port.info().tx().maxQueues(),
                port.info().tx().minDescriptors(), port.info().tx().maxDescriptors());
    }

    static String xstats(Port port) {
        String lines = port.xstats().entrySet().stream()
                .map(entry -> "%s: %s".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("\n"));
        return "###### NIC extended statistics for port %s%s".formatted(port.id(),
                lines.isEmpty() ? ": none" : "\n" + lines);
    }

    /** A title in the middle of a line. */
    static String heading(String character, String title) {
        int side = (WIDTH - title.length() - 4) / 2;
        String left = character.repeat(Math.max(4, side));
        String right = character.repeat(Math.max(4, WIDTH - title.length() - 4 - left.length()));
        return "  " + left + " " + title + " " + right;
    }

    static String rule(String character) {
        return "  " + character.repeat(WIDTH - 2);
    }
}
