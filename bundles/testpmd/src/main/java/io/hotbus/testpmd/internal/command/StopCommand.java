// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.testpmd.FwdEngine;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code stop}: stops forwarding and shows what was forwarded. */
@Component(service = Verbs.class)
public final class StopCommand implements Verbs {
    private final FwdEngine engine;

    @Activate
    public StopCommand(@Reference FwdEngine engine) {
        this.engine = engine;
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(Verb.of("stop", "stop forwarding, and show what was forwarded",
                words -> stop(), ForwardText.Statistics::text));
    }

    private ForwardText.Statistics stop() throws DeviceException {
        if (!engine.running()) {
            throw new IllegalStateException("forwarding does not run");
        }
        engine.stop();
        return ForwardText.of(engine);
    }
}
