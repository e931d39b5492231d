// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.testpmd.Forwarder;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code stop}: stops forwarding and shows what was forwarded. */
@Component(service = Verbs.class)
public final class StopCommand implements Verbs {
    private final Forwarder forwarder;

    @Activate
    public StopCommand(@Reference Forwarder forwarder) {
        this.forwarder = forwarder;
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(Verb.of("stop", "stop forwarding, and show what was forwarded",
                words -> stop(), StopCommand::text));
    }

    private ForwardStatistics stop() throws DeviceException {
        if (!forwarder.running()) {
            throw new IllegalStateException("forwarding does not run");
        }
        forwarder.stop();
        return ForwardStatistics.of(forwarder);
    }

    private static String text(ForwardStatistics statistics) {
        return "Telling cores to stop...\nWaiting for lcores to finish...\n%s\n\nDone."
                .formatted(statistics.text());
    }
}
