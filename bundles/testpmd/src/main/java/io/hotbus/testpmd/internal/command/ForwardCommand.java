// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.cli.Words;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.IdList;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.TxFrames;
import io.hotbus.testpmd.internal.port.PreferredBurst;
import java.util.List;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code set}: how packets are forwarded from the next start on. Words and answers are those of
 * DPDK's testpmd.
 */
@Component(service = Verbs.class)
public final class ForwardCommand implements Verbs {
    private static final int MAX_PORT = 1023;

    private final Forwarder forwarder;
    private final FwdSettings settings;
    private final PortRegistry registry;
    private final Options options;
    private final PortSelector ports;

    @Activate
    public ForwardCommand(@Reference Forwarder forwarder, @Reference FwdSettings settings,
            @Reference PortRegistry registry, @Reference Options options) {
        this.forwarder = forwarder;
        this.settings = settings;
        this.registry = registry;
        this.options = options;
        this.ports = new PortSelector(registry);
    }

    @Override
    public List<Verb<?>> verbs() {
        return Stream.concat(lcoresAndPorts(), packets()).toList();
    }

    private Stream<Verb<?>> lcoresAndPorts() {
        return Stream.of(
                Verb.of("set nbcore COUNT", "how many lcores forward",
                        words -> setCores(settings.config().lcores(), number(words, 1, 1024))),
                Verb.of("set corelist CPUS", "the CPUs that forward, as in 1,3-5",
                        words -> setCores(IdList.parse(words.get(0), "CPU numbers",
                                IdList.MAX_CPU))),
                Verb.of("set coremask MASK", "the CPUs that forward, as a hexadecimal mask",
                        words -> setCores(IdList.ofMask(words.get(0), "CPUs"))),
                Verb.of("set nbport COUNT", "forward on the first ports only",
                        words -> setCount(number(words, 1, MAX_PORT + 1))),
                Verb.of("set portlist PORTS", "the forwarding ports in their order, as in 0,2-3",
                        words -> setPorts(IdList.parse(words.get(0), "port numbers", MAX_PORT))),
                Verb.of("set portmask MASK", "the forwarding ports, as a hexadecimal mask",
                        words -> setPorts(IdList.ofMask(words.get(0), "ports"))));
    }

    private Stream<Verb<?>> packets() {
        return Stream.of(
                Verb.of("set burst COUNT",
                        "packets taken at a time; 0 asks the first port's device",
                        words -> setBurst(number(words, 0, FwdConfig.MAX_BURST))),
                Verb.of("set txpkts LENGTHS", "segments of generated packets, as in 64,128",
                        words -> setFrames(words.get(0))),
                Verb.of("set flush_rx on|off", "whether a start drops what was received before",
                        words -> {
                            boolean on = words.get(0).equals("on");
                            settings.change(config -> config.withFlushRx(on));
                            return "Flushing of receive queues at a start is " + words.get(0);
                        }),
                Verb.of("set verbose LEVEL", "print received packets (0: no)",
                        words -> setVerbose(number(words, 0, 0xffff))),
                ports.named(Verb.of("set eth-peer ID|NAME MAC",
                        "the address at the other end of a port", this::setPeer)),
                Verb.of("set default", "forward as the command line says again", words -> {
                    settings.change(config -> options.forwarding());
                    forwarder.setEngine(options.forwardMode());
                    return "Forwarding is set as on the command line";
                }));
    }

    private static int number(Words words, int min, int max) {
        return Numbers.parse("COUNT", words.get(0), min, max);
    }

    private String setCores(List<Integer> cpus) throws DeviceException {
        return setCores(cpus, cpus.size());
    }

    private String setCores(List<Integer> cpus, int count) throws DeviceException {
        forwarder.cpus(settings.config().withLcores(cpus, count));
        settings.change(config -> config.withLcores(cpus, count));
        return "Number of forwarding cores set to " + count;
    }

    private String setCount(int count) {
        List<Integer> ids = PortSelector.free(registry).stream().map(Port::id).sorted().toList();
        if (count > ids.size()) {
            throw new IllegalArgumentException("nb ports %s: there are %s ports"
                    .formatted(count, ids.size()));
        }
        return setPorts(ids.subList(0, count));
    }

    private String setPorts(List<Integer> ids) {
        ids.forEach(id -> ports.select(Integer.toString(id)));
        settings.change(config -> config.withPorts(ids));
        return "Number of forwarding ports set to " + ids.size();
    }

    private String setBurst(int wanted) throws DeviceException {
        int packets = PreferredBurst.of(wanted, PortSelector.free(registry));
        settings.change(config -> config.withBurst(packets));
        return "Number of packets per burst set to " + packets;
    }

    private String setFrames(String lengths) {
        List<Integer> segments = Stream.of(lengths.split(",", -1)).map(
                word -> Numbers.parse("LENGTHS", word, 1, TxFrames.MAX_LENGTH)).toList();
        TxFrames frames = settings.config().frames().withSegments(segments);
        settings.change(config -> config.withFrames(frames));
        return "Generated packets have %s bytes".formatted(frames.length());
    }

    private String setVerbose(int level) {
        int before = settings.config().verbose();
        settings.change(config -> config.withVerbose(level));
        return "Change verbose level from %s to %s%s".formatted(before, level,
                forwarder.running() ? ", from the next start on" : "");
    }

    private String setPeer(Words words) {
        MacAddress mac = MacAddress.parse(words.get(1)).orElseThrow(
                () -> new IllegalArgumentException("'%s' is no address (e.g. 02:00:00:00:00:01)"
                        .formatted(words.get(1))));
        Port port = ports.select(words.get(0)).get(0);
        settings.change(config -> config.withPeer(port.id(), mac));
        return "The peer of port %s is %s".formatted(PortSelector.describe(port), mac);
    }
}
