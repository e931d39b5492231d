// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.rig.Rig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All verbs of the shell, on a rig. */
public final class CommandAccess {
    private CommandAccess() {
    }

    public static Map<String, Command> commands(Rig rig) throws UsageException {
        return commands(rig, () -> { });
    }

    static Map<String, Command> commands(Rig rig, Runnable exit) throws UsageException {
        Options options = Options.parse(Arguments.of(List.of()));
        List<Command> commands = new ArrayList<>(List.of(
                new PortCommand(rig.ports.manager(), rig.registry),
                new StartCommand(rig.engine), new StopCommand(rig.engine),
                new ShowCommand(rig.engine, rig.registry, rig.ports.policy(), options),
                new SetCommand(rig.engine, rig.ports.policy(), rig.registry),
                new ClearCommand(rig.registry),
                new DeviceCommand(rig.platform.manager(), rig.registry, rig.ports.manager()),
                new WaitCommand(rig.engine, rig.registry, rig.ports.policy(),
                        rig.ports.remover()),
                new QuitCommand(exit)));
        commands.add(new HelpCommand(List.copyOf(commands)));
        Map<String, Command> byVerb = new LinkedHashMap<>();
        commands.forEach(command -> byVerb.put(command.verb(), command));
        return byVerb;
    }
}
