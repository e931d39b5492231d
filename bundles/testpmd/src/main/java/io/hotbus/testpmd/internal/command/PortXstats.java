// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.ethdev.Port;
import java.util.Map;
import java.util.stream.Collectors;

/** Further counters of a port, as {@code show port xstats} returns them. */
record PortXstats(int port, String device, Map<String, ?> xstats) {
    static PortXstats of(Port port) {
        return new PortXstats(port.id(), port.name(), port.xstats());
    }

    String text() {
        String lines = xstats.entrySet().stream()
                .map(entry -> "%s: %s".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("\n"));
        return "###### NIC extended statistics for port %s%s".formatted(port,
                lines.isEmpty() ? ": none" : "\n" + lines);
    }
}
