// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.Reattach;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code show}: ports and forwarding, as they are now. */
@Component(service = Verbs.class, immediate = true) // it remembers what was last shown
public final class ShowCommand implements Verbs {
    private record Config(ForwardText.Configuration forwarding, int queues, int rxDescriptors,
            int txDescriptors, int burst, int mbufs, int mbufSize, int mbufsInUse, boolean hotPlug,
            boolean reattach, boolean recordStalls) {
        String text() {
            return """
                    %s
                    rxq=txq=%s rxd=%s txd=%s burst=%s
                    mempool: %s mbufs of %s bytes, %s in use
                    hot-plug %s, reattach %s, record-stalls %s""".formatted(forwarding.text(),
                    queues, rxDescriptors, txDescriptors, burst, mbufs, mbufSize, mbufsInUse,
                    onOff(hotPlug), onOff(reattach), onOff(recordStalls));
        }

        private static String onOff(boolean on) {
            return on ? "on" : "off";
        }
    }

    private final Forwarder forwarder;
    private final Reattach reattach;
    private final Options options;
    private final PortSelector ports;
    private final StatsText stats = new StatsText();

    @Activate
    public ShowCommand(@Reference Forwarder forwarder, @Reference PortRegistry registry,
            @Reference Reattach reattach, @Reference Options options) {
        this.forwarder = forwarder;
        this.reattach = reattach;
        this.options = options;
        this.ports = new PortSelector(registry);
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(
                ofPorts("info", "driver, address, link, state", PortInfo::of, PortInfo::text),
                ofPorts("stats", "counters, and rates since they were last shown",
                        stats::sample, StatsText.PortStats::text),
                ofPorts("xstats", "further counters of the driver",
                        PortXstats::of, PortXstats::text),
                Verb.of("show fwd", "what was forwarded since the last start",
                        words -> ForwardText.of(forwarder), ForwardText.Statistics::text),
                Verb.of("show config", "how it is set up: engine, lcores, streams, policies",
                        words -> config(), Config::text));
    }

    private <T> Verb<List<T>> ofPorts(
            String what, String help, Function<Port, T> value, Function<T, String> text) {
        return ports.named(Verb.of("show port " + what + " " + PortSelector.SYNTAX, help,
                words -> ports.select(words.get(0)).stream().map(value).toList(),
                values -> values.stream().map(text).collect(Collectors.joining("\n"))));
    }

    private Config config() {
        return new Config(ForwardText.configuration(forwarder), options.queues(),
                options.rxDescriptors(), options.txDescriptors(), options.burst(),
                forwarder.mbufs(), options.mbufSize(), forwarder.mbufsInUse(), options.hotPlug(),
                reattach.enabled(), forwarder.recordStalls());
    }
}
