// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.cli.Shell;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.testkit.TestShell;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.internal.fwd.ForwarderAccess;
import io.hotbus.testpmd.rig.Rig;
import java.util.List;

/** All verbs of the shell, on a rig. */
public final class CommandAccess {
    private CommandAccess() {
    }

    public static Shell commands(Rig rig) throws UsageException {
        return commands(rig, () -> { });
    }

    static Shell commands(Rig rig, Runnable exit) throws UsageException {
        Options options = Options.parse(Arguments.of(List.of()));
        CpuAffinity cpus = ForwarderAccess.CPUS;
        return TestShell.of(
                new PortCommand(rig.ports.manager(), rig.registry),
                new StartCommand(rig.forwarder, rig.settings, options, rig.registry, cpus),
                new StopCommand(rig.forwarder),
                new ShowCommand(rig.forwarder, rig.settings, rig.registry, rig.ports.policy(),
                        options, cpus),
                new SetCommand(rig.forwarder, rig.ports.policy()),
                new FilterCommand(rig.registry),
                new ClearCommand(rig.registry, rig.forwarder),
                new ForwardCommand(rig.forwarder, rig.settings, rig.registry, options),
                new OffloadCommand(rig.settings, rig.registry),
                new CsumCommand(rig.settings, rig.registry),
                new QueueCommand(rig.settings, rig.registry),
                new DeviceCommand(rig.platform.manager(), rig.registry, rig.ports.manager()),
                new WaitCommand(rig.forwarder, rig.registry, rig.ports.policy(),
                        rig.ports.remover()),
                new QuitCommand(exit));
    }
}
