// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code clear}: sets counters to 0. */
@Component(service = Verbs.class)
public final class ClearCommand implements Verbs {
    private final PortSelector ports;

    @Activate
    public ClearCommand(@Reference PortRegistry registry) {
        this.ports = new PortSelector(registry);
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(ports.named(Verb.of("clear port stats " + PortSelector.SYNTAX,
                "set the counters to 0", words -> {
                    List<Port> selected = ports.select(words.get(0));
                    selected.forEach(Port::resetStats);
                    return "Counters of %s port(s) are 0".formatted(selected.size());
                })));
    }
}
