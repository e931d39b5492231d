// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Forwarder;
import java.util.List;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code clear}: sets counters to 0. */
@Component(service = Verbs.class)
public final class ClearCommand implements Verbs {
    private final Forwarder forwarder;
    private final PortSelector ports;

    @Activate
    public ClearCommand(@Reference PortRegistry registry, @Reference Forwarder forwarder) {
        this.ports = new PortSelector(registry);
        this.forwarder = forwarder;
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(
                ports.named(Verb.of("clear port stats|xstats|info " + PortSelector.SYNTAX,
                        "set the counters to 0 (info: there is nothing to clear)",
                        words -> clear(words.get(0), ports.select(words.get(1))))),
                Verb.of("clear fwd stats all", "count what is forwarded from 0", words -> {
                    forwarder.clearStatistics();
                    return "Forward statistics are 0";
                }));
    }

    private static String clear(String what, List<Port> selected) {
        if (what.equals("info")) {
            return "Port info has no counters";
        }
        selected.forEach(Port::resetStats);
        if (what.equals("xstats")) {
            return "Counters of %s port(s) are 0".formatted(selected.size());
        }
        return selected.stream().map(port -> "\n  NIC statistics for port %s cleared"
                .formatted(port.id())).collect(Collectors.joining("\n"));
    }
}
