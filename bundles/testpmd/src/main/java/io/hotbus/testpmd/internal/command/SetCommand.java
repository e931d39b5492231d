// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.Reattach;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code set}: the forwarding engine, and policies. */
@Component(service = Verbs.class)
public final class SetCommand implements Verbs {
    private final Forwarder forwarder;
    private final Reattach reattach;

    @Activate
    public SetCommand(@Reference Forwarder forwarder, @Reference Reattach reattach) {
        this.forwarder = forwarder;
        this.reattach = reattach;
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
                Verb.of("set record-stalls on|off",
                        "whether lcores time their polls and keep those longer than 5 us",
                        words -> {
                            forwarder.setRecordStalls(words.get(0).equals("on"));
                            return "Recording of stalls is " + words.get(0);
                        }));
    }

    private String setEngine(String name) {
        forwarder.setEngine(name);
        return "Set %s packet forwarding mode".formatted(name)
                + (forwarder.running() ? ", from the next start on" : "");
    }
}
