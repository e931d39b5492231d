// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.FwdEngine;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.Reattach;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code show}: ports and forwarding, as they are now. */
@Component(service = {Function.class, Command.class},
        immediate = true, // it remembers what was last shown
        property = {Command.SCOPE, Command.FUNCTION + "show"})
public final class ShowCommand extends Command {
    private final FwdEngine engine;
    private final Reattach reattach;
    private final Options options;
    private final PortSelector ports;
    private final StatsText stats = new StatsText();

    @Activate
    public ShowCommand(@Reference FwdEngine engine, @Reference PortRegistry registry,
            @Reference Reattach reattach, @Reference Options options) {
        this.engine = engine;
        this.reattach = reattach;
        this.options = options;
        this.ports = new PortSelector(registry);
    }

    @Override
    String verb() {
        return "show";
    }

    @Override
    List<Form> forms() {
        String which = " " + PortSelector.SYNTAX;
        return List.of(
                new Form("port info" + which, "driver, address, link, state",
                        words -> each(words.get(0), PortText::info)),
                new Form("port stats" + which, "counters, and rates since they were last shown",
                        words -> each(words.get(0), stats::of)),
                new Form("port xstats" + which, "further counters of the driver",
                        words -> each(words.get(0), PortText::xstats)),
                new Form("fwd", "what was forwarded since the last start",
                        words -> ForwardText.statistics(engine)),
                new Form("config", "how it is set up: mode, lcores, streams, policies",
                        words -> config()));
    }

    private String each(String which, java.util.function.Function<Port, String> text) {
        return ports.select(which).stream().map(text).collect(Collectors.joining("\n"));
    }

    private String config() {
        return """
                %s
                rxq=txq=%s rxd=%s txd=%s burst=%s
                mempool: %s mbufs of %s bytes, %s in use
                hot-plug %s, reattach %s, record-stalls %s""".formatted(
                ForwardText.configuration(engine), options.queues(), options.rxDescriptors(),
                options.txDescriptors(), options.burst(), engine.mbufs(), options.mbufSize(),
                engine.mbufsInUse(), onOff(options.hotPlug()), onOff(reattach.enabled()),
                onOff(engine.recordStalls()));
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }
}
