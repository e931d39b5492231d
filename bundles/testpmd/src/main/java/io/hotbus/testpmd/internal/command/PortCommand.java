// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.PortManager;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code port}: attaches, starts, stops, closes and detaches. */
@Component(service = {Function.class, Command.class},
        property = {Command.SCOPE, Command.FUNCTION + "port"})
public final class PortCommand extends Command {
    private interface Step {
        void on(Port port) throws DeviceException;
    }

    private final PortManager manager;
    private final PortSelector ports;

    @Activate
    public PortCommand(@Reference PortManager manager, @Reference PortRegistry registry) {
        this.manager = manager;
        this.ports = new PortSelector(registry);
    }

    @Override
    String verb() {
        return "port";
    }

    @Override
    List<Form> forms() {
        String which = " " + PortSelector.SYNTAX;
        return List.of(
                new Form("attach DEVARGS",
                        "attach a device (0000:01:00.0,bind=vfio-pci; net_null0), start its port",
                        words -> attach(words.get(0))),
                new Form("detach" + which, "stop, close, and detach the device",
                        words -> each(words.get(0), manager::detach, "detached")),
                new Form("start" + which, "start, and forward on it",
                        words -> each(words.get(0), manager::start, "started")),
                new Form("stop" + which, "forward on it no longer, and stop",
                        words -> each(words.get(0), manager::stop, "stopped")),
                new Form("close" + which, "stop, and close for good",
                        words -> each(words.get(0), manager::close, "closed")));
    }

    private String attach(String devargs) throws DeviceException {
        Port port = manager.attach(Devargs.parse(devargs));
        return "Port %s is attached, %s".formatted(PortSelector.describe(port),
                port.state().toString().toLowerCase(Locale.ROOT));
    }

    private String each(String which, Step step, String done) throws DeviceException {
        List<Port> selected = ports.select(which);
        for (Port port : selected) {
            step.on(port);
        }
        return selected.stream().map(port -> "Port %s is %s"
                .formatted(PortSelector.describe(port), done)).collect(Collectors.joining("\n"));
    }
}
