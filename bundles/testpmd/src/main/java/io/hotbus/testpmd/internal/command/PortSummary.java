// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.ethdev.Port;
import java.util.List;
import java.util.stream.Collectors;

/** A port in one line, as {@code show port summary} returns it. */
record PortSummary(int port, String mac, String device, String driver, boolean linkUp,
        int linkSpeedMbps) {
    static PortSummary of(Port port) {
        return new PortSummary(port.id(), port.macAddress().toString(), port.name(),
                port.info().driver(), port.link().up(), port.link().speedMbps());
    }

    private String line() {
        return "%-4s %-17s %-12s %-14s %-8s %s".formatted(port, mac, device, driver,
                linkUp ? "up" : "down", PortText.speed(linkUp ? linkSpeedMbps : 0));
    }

    /** The table, in the shape that DPDK's testpmd prints. */
    static String text(List<PortSummary> ports, int available) {
        return "Number of available ports: %s\n".formatted(available)
                + "Port MAC Address       Name         Driver         Status   Link\n"
                + ports.stream().map(PortSummary::line).collect(Collectors.joining("\n"));
    }
}
