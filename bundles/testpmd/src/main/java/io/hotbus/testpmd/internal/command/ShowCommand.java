// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.QueueSetup;
import io.hotbus.testpmd.Reattach;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code show}: ports and forwarding, as they are now. */
@Component(service = Verbs.class, immediate = true) // it remembers what was last shown
public final class ShowCommand implements Verbs {
    private record Config(ForwardText.Configuration forwarding, QueueSetup queues, int burst,
            int mbufs, int mbufSize, int mbufsInUse, boolean hotPlug, boolean reattach,
            boolean recordStalls) {
        String text() {
            return """
                    %srxq=%s txq=%s rxd=%s txd=%s burst=%s
                    mempool: %s mbufs of %s bytes, %s in use
                    hot-plug %s, reattach %s, record-stalls %s""".formatted(forwarding.text(),
                    queues.rx(), queues.tx(), queues.rxDescriptors(), queues.txDescriptors(),
                    burst, mbufs, mbufSize, mbufsInUse,
                    onOff(hotPlug), onOff(reattach), onOff(recordStalls));
        }

        private static String onOff(boolean on) {
            return on ? "on" : "off";
        }
    }

    private final Forwarder forwarder;
    private final FwdSettings settings;
    private final Reattach reattach;
    private final Options options;
    private final PortRegistry registry;
    private final PortSelector ports;
    private final Sockets sockets;
    private final StatsText stats = new StatsText();
    private final LcoreText lcores;

    @Activate
    public ShowCommand(@Reference Forwarder forwarder, @Reference FwdSettings settings,
            @Reference PortRegistry registry, @Reference Reattach reattach,
            @Reference Options options, @Reference CpuAffinity affinity) {
        this.forwarder = forwarder;
        this.settings = settings;
        this.lcores = new LcoreText(forwarder);
        this.reattach = reattach;
        this.options = options;
        this.registry = registry;
        this.ports = new PortSelector(registry);
        this.sockets = new Sockets(options, registry, affinity);
    }

    @Override
    public List<Verb<?>> verbs() {
        return Stream.<Verb<?>>concat(ofPorts(), ofForwarding()).toList();
    }

    private Stream<Verb<?>> ofPorts() {
        return Stream.of(
                ofPorts("info", "driver, address, link, state", PortInfo::of, PortInfo::text),
                ofPorts("stats", "counters, and rates since they were last shown",
                        stats::sample, StatsText.PortStats::text),
                ofPorts("xstats", "further counters of the driver",
                        PortXstats::of, PortXstats::text),
                ports.named(Verb.of("show port summary " + PortSelector.SYNTAX,
                        "ports in a line each", words -> ports.select(words.get(0)).stream()
                                .map(PortSummary::of).toList(),
                        lines -> PortSummary.text(lines, registry.ports().size()))));
    }

    private Stream<Verb<?>> ofForwarding() {
        return Stream.of(
                Verb.of("show fwd", "what was forwarded since the last start",
                        words -> ForwardStatistics.of(forwarder), ForwardStatistics::text),
                Verb.of("show fwd stats all", "the same, in testpmd's words",
                        words -> ForwardStatistics.of(forwarder), ForwardStatistics::text),
                Verb.of("show config", "how it is set up: engine, lcores, streams, policies",
                        words -> config(), Config::text),
                Verb.of("show config fwd", "engine, lcores and streams", words -> forwarding(),
                        ForwardText.Configuration::text),
                Verb.of("show config rxtx", "bursts, queues and offloads",
                        words -> QueueText.of(settings, registry.ports(), forwarding()),
                        QueueText::text),
                Verb.of("show config cores", "the CPUs that forward", words -> cores(),
                        cpus -> "List of forwarding lcores: " + cpus.stream()
                                .map(cpu -> " " + cpu).collect(Collectors.joining())),
                Verb.of("show lcores",
                        "how busy they are; how long polls took, while stalls are recorded",
                        words -> lcores.look(), LcoreText::of),
                Verb.of("show config txpkts", "the segments of generated packets",
                        words -> ForwardText.frames(settings.config().frames())));
    }

    private <T> Verb<List<T>> ofPorts(
            String what, String help, Function<Port, T> value, Function<T, String> text) {
        return ports.named(Verb.of("show port " + what + " " + PortSelector.SYNTAX, help,
                words -> ports.select(words.get(0)).stream().map(value).toList(),
                values -> values.stream().map(text).collect(Collectors.joining("\n"))));
    }

    private ForwardText.Configuration forwarding() {
        return ForwardText.configuration(forwarder, settings.config(), sockets);
    }

    private List<Integer> cores() throws DeviceException {
        return forwarder.cpus(settings.config());
    }

    private Config config() {
        return new Config(forwarding(), settings.config().queues(), settings.config().burst(),
                forwarder.mbufs(), options.mbufSize(), forwarder.mbufsInUse(), options.hotPlug(),
                reattach.enabled(), forwarder.recordStalls());
    }
}
