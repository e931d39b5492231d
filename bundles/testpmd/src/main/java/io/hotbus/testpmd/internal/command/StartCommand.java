// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.Options;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code start}: starts forwarding. */
@Component(service = Verbs.class)
public final class StartCommand implements Verbs {
    private static final int MAX_BURSTS = 1024;

    private final Forwarder forwarder;
    private final FwdSettings settings;
    private final Sockets sockets;

    @Activate
    public StartCommand(@Reference Forwarder forwarder, @Reference FwdSettings settings,
            @Reference Options options, @Reference PortRegistry registry,
            @Reference CpuAffinity affinity) {
        this.forwarder = forwarder;
        this.settings = settings;
        this.sockets = new Sockets(options, registry, affinity);
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(
                Verb.of("start", "start forwarding", words -> start(0),
                        ForwardText.Configuration::text),
                Verb.of("start tx_first [BURSTS]",
                        "the same, with bursts of packets sent first on every port",
                        words -> start(words.has(0)
                                ? Numbers.parse("tx_first", words.get(0), 1, MAX_BURSTS) : 1),
                        ForwardText.Configuration::text));
    }

    private ForwardText.Configuration start(int txFirst) throws DeviceException {
        forwarder.start(txFirst);
        return ForwardText.configuration(forwarder, settings.config(), sockets);
    }
}
