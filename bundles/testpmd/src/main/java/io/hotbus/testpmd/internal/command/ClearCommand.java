// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.util.List;
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code clear}: counters back to 0. */
@Component(service = {Function.class, Command.class},
        property = {Command.SCOPE, Command.FUNCTION + "clear"})
public final class ClearCommand extends Command {
    private final PortSelector ports;

    @Activate
    public ClearCommand(@Reference PortRegistry registry) {
        this.ports = new PortSelector(registry);
    }

    @Override
    String verb() {
        return "clear";
    }

    @Override
    List<Form> forms() {
        return List.of(new Form("port stats " + PortSelector.SYNTAX, "set the counters to 0",
                words -> {
                    List<Port> selected = ports.select(words.get(0));
                    selected.forEach(Port::resetStats);
                    return "Counters of %s port(s) are 0".formatted(selected.size());
                }));
    }
}
