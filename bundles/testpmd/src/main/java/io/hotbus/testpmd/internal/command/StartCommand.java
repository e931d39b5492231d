// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.testpmd.FwdEngine;
import java.util.List;
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code start}: starts forwarding. */
@Component(service = {Function.class, Command.class},
        property = {Command.SCOPE, Command.FUNCTION + "start"})
public final class StartCommand extends Command {
    private static final int MAX_BURSTS = 1024;

    private final FwdEngine engine;

    @Activate
    public StartCommand(@Reference FwdEngine engine) {
        this.engine = engine;
    }

    @Override
    String verb() {
        return "start";
    }

    @Override
    List<Form> forms() {
        return List.of(
                new Form("", "start forwarding", words -> start(0)),
                new Form("tx_first [BURSTS]",
                        "the same, with bursts of 32 packets sent first on every port",
                        words -> start(words.isEmpty() ? 1
                                : Numbers.parse("tx_first", words.get(0), 1, MAX_BURSTS))));
    }

    private String start(int txFirst) throws DeviceException {
        engine.start(txFirst);
        return ForwardText.configuration(engine);
    }
}
