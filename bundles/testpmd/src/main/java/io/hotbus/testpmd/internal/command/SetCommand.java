// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.Reattach;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code set}: the forwarding engine, policies, and properties of ports. */
@Component(service = Verbs.class)
public final class SetCommand implements Verbs {
    private final Forwarder forwarder;
    private final Reattach reattach;
    private final PortSelector ports;

    @Activate
    public SetCommand(@Reference Forwarder forwarder, @Reference Reattach reattach,
            @Reference PortRegistry registry) {
        this.forwarder = forwarder;
        this.reattach = reattach;
        this.ports = new PortSelector(registry);
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(
                Verb.of("set fwd ENGINE", "forwarding engine: {ENGINE}",
                        words -> setEngine(words.get(0))).with("ENGINE", forwarder::engines),
                Verb.of("set reattach on|off", "whether a device that returns is attached again",
                        words -> {
                            reattach.setEnabled(words.get(0).equals("on"));
                            return "Reattach is " + words.get(0);
                        }),
                ports.named(Verb.of("set promisc " + PortSelector.SYNTAX + " on|off",
                        "whether frames for other addresses are received",
                        words -> {
                            setPromiscuous(ports.select(words.get(0)), words.get(1).equals("on"));
                            return "Promiscuous mode is " + words.get(1);
                        })),
                Verb.of("set record-stalls on|off", "whether lcores keep bursts longer than 5 us",
                        words -> {
                            forwarder.setRecordStalls(words.get(0).equals("on"));
                            return "Recording of stalls is " + words.get(0);
                        }));
    }

    /** Sets it on each port that can; the others are named. */
    private static void setPromiscuous(List<Port> ports, boolean on) throws DeviceException {
        List<String> refusals = new ArrayList<>();
        for (Port port : ports) {
            try {
                port.setPromiscuous(on);
            } catch (DeviceException e) {
                refusals.add(e.getMessage());
            }
        }
        if (!refusals.isEmpty()) {
            throw new DeviceException(String.join("\n", refusals));
        }
    }

    private String setEngine(String name) {
        forwarder.setEngine(name);
        return "Forwarding engine is " + name
                + (forwarder.running() ? ", from the next start on" : "");
    }
}
