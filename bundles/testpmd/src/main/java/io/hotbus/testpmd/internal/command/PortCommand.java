// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.NotSupportedException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortState;
import io.hotbus.testpmd.PortManager;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code port}: attaches, starts, stops, closes and detaches. */
@Component(service = Verbs.class)
public final class PortCommand implements Verbs {
    private interface Step {
        void on(Port port) throws DeviceException;
    }

    private static final int MAX_MTU = 0xffff;

    private final PortManager manager;
    private final PortSelector ports;

    @Activate
    public PortCommand(@Reference PortManager manager, @Reference PortRegistry registry) {
        this.manager = manager;
        this.ports = new PortSelector(registry);
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(
                Verb.of("port attach DEVARGS",
                        "attach a device (0000:01:00.0,bind=vfio-pci; net_null0), start its port",
                        words -> attach(words.get(0))),
                step("detach", "detach the device of a stopped port", this::detach, "detached"),
                step("start", "start, and forward on it", manager::start, "started"),
                step("stop", "forward on it no longer, and stop", manager::stop, "stopped"),
                step("reset", "stop, and start with the settings it has", manager::reset, "reset"),
                step("close", "stop, and close for good", manager::close, "closed"),
                ports.named(Verb.of("set link-up|link-down port ID|NAME",
                        "refused: no driver here sets its link",
                        words -> setLink(ports.select(words.get(1)).get(0)))),
                ports.named(Verb.of("port config mtu " + PortSelector.SYNTAX + " BYTES",
                        "set the MTU of a stopped port",
                        words -> setMtu(words.get(0), words.get(1)))));
    }

    private Verb<String> step(String word, String help, Step step, String done) {
        return ports.named(Verb.of("port " + word + " " + PortSelector.SYNTAX, help,
                words -> each(words.get(0), step, done)));
    }

    private static String setLink(Port port) throws NotSupportedException {
        throw new NotSupportedException("port %s: setting the link: not supported by %s".formatted(
                PortSelector.describe(port), port.info().driver()));
    }

    private String setMtu(String which, String bytes) throws DeviceException {
        int mtu = Numbers.parse("BYTES", bytes, 1, MAX_MTU);
        return each(which, port -> port.setMtu(mtu), "set to an MTU of " + mtu);
    }

    /** As in testpmd, a started port is not detached. */
    private void detach(Port port) throws DeviceException {
        if (port.state() == PortState.STARTED && !port.isRemoved()) {
            throw new DeviceException(("port %s: Port not stopped ('port stop %s' stops it; "
                    + "'device detach %s' stops, closes and detaches it)").formatted(
                            PortSelector.describe(port), port.id(), port.name()));
        }
        manager.detach(port);
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
