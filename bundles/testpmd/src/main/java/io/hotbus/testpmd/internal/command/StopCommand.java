// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.testpmd.FwdEngine;
import java.util.List;
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code stop}: stops forwarding and shows what was forwarded. */
@Component(service = {Function.class, Command.class},
        property = {Command.SCOPE, Command.FUNCTION + "stop"})
public final class StopCommand extends Command {
    private final FwdEngine engine;

    @Activate
    public StopCommand(@Reference FwdEngine engine) {
        this.engine = engine;
    }

    @Override
    String verb() {
        return "stop";
    }

    @Override
    List<Form> forms() {
        return List.of(new Form("", "stop forwarding, and show what was forwarded",
                words -> stop()));
    }

    private String stop() throws DeviceException {
        if (!engine.running()) {
            throw new IllegalStateException("forwarding does not run");
        }
        engine.stop();
        return ForwardText.statistics(engine);
    }
}
