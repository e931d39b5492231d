// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.cli.Words;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.PortPlan;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What devices do to packets. Words and layout are those of DPDK's testpmd. */
@Component(service = Verbs.class)
public final class OffloadCommand implements Verbs {
    private static final String RX = "rx_offload";

    /** What a device can do in one direction, as {@code show port} returns it. */
    private record Capabilities(int port, String direction, Set<String> offloads) {
        String text() {
            return "%s Offloading Capabilities of port %s :\n  Per Queue :\n  Per Port  :%s\n"
                    .formatted(direction, port, names(offloads));
        }
    }

    /** What is asked of a device in one direction, as {@code show port} returns it. */
    private record Configuration(int port, String direction, int queues, Set<String> offloads) {
        String text() {
            return "%s Offloading Configuration of port %s :\n  Port :%s%s\n".formatted(
                    direction, port, names(offloads), IntStream.range(0, queues).mapToObj(
                            queue -> "\n  Queue[%2s] :%s".formatted(queue, names(offloads)))
                            .collect(Collectors.joining()));
        }
    }

    private final FwdSettings settings;
    private final PortSelector ports;

    @Activate
    public OffloadCommand(@Reference FwdSettings settings, @Reference PortRegistry registry) {
        this.settings = settings;
        this.ports = new PortSelector(registry);
    }

    private static String names(Set<String> offloads) {
        return offloads.stream().map(name -> " " + name).collect(Collectors.joining());
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(
                ports.named(Verb.of("show port ID|NAME rx_offload|tx_offload capabilities",
                        "what the device can do to packets",
                        words -> capabilities(port(words, 0), words.get(1)), Capabilities::text)),
                ports.named(Verb.of("show port ID|NAME rx_offload|tx_offload configuration",
                        "what the device is to do to packets",
                        words -> configuration(port(words, 0), words.get(1)),
                        Configuration::text)),
                ports.named(Verb.of("port config ID|NAME rx_offload|tx_offload OFFLOAD on|off",
                        "what the device of a stopped port is to do, as in vlan_strip",
                        this::configure)),
                ports.named(Verb.of("vlan set strip on|off ID|NAME",
                        "whether the device of a stopped port takes VLAN tags out",
                        words -> set(port(words, 1), RxOffload.VLAN_STRIP, on(words, 0)))),
                ports.named(Verb.of("tx_vlan set ID|NAME VLAN",
                        "the VLAN tag that the device of a stopped port inserts",
                        this::setTxVlan)),
                ports.named(Verb.of("tx_vlan reset ID|NAME", "no longer",
                        words -> set(port(words, 0), TxOffload.VLAN_INSERT, false))));
    }

    private Port port(Words words, int index) {
        return ports.select(words.get(index)).get(0);
    }

    private static boolean on(Words words, int index) {
        return words.get(index).equals("on");
    }

    private static Capabilities capabilities(Port port, String direction) {
        return direction.equals(RX)
                ? new Capabilities(port.id(), "Rx", sorted(port.info().rxOffloads()))
                : new Capabilities(port.id(), "Tx", sorted(port.info().txOffloads()));
    }

    private Configuration configuration(Port port, String direction) {
        PortPlan plan = settings.plan(port.name());
        return direction.equals(RX)
                ? new Configuration(
                        port.id(), "Rx", port.rxQueueCount(), sorted(plan.rxOffloads()))
                : new Configuration(
                        port.id(), "Tx", port.txQueueCount(), sorted(plan.txOffloads()));
    }

    private static Set<String> sorted(Set<? extends Enum<?>> offloads) {
        return offloads.stream().map(Enum::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private String configure(Words words) {
        Port port = port(words, 0);
        String name = words.get(2);
        return words.get(1).equals(RX)
                ? set(port, find(RxOffload.values(), "rx", name), on(words, 3))
                : set(port, find(TxOffload.values(), "tx", name), on(words, 3));
    }

    private static <E extends Enum<E>> E find(E[] all, String direction, String name) {
        return Arrays.stream(all).filter(one -> word(one).equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s offload '%s': no device here has it, these are known: %s".formatted(
                                direction, name, Arrays.stream(all).map(OffloadCommand::word)
                                        .collect(Collectors.joining(", ")))));
    }

    private static String word(Enum<?> offload) {
        return offload.name().toLowerCase(Locale.ROOT);
    }

    private String set(Port port, RxOffload offload, boolean on) {
        return change(port, "rx", offload, on && !port.info().rxOffloads().contains(offload),
                plan -> plan.with(offload, on), on);
    }

    /** Also what {@code csum set} does. */
    String set(Port port, TxOffload offload, boolean on) {
        return change(port, "tx", offload, on && !port.info().txOffloads().contains(offload),
                plan -> plan.with(offload, on), on);
    }

    private String change(Port port, String direction, Enum<?> offload, boolean lacking,
            UnaryOperator<PortPlan> change, boolean on) {
        if (lacking) {
            throw new IllegalArgumentException("port %s: %s offload %s: not supported by %s"
                    .formatted(PortSelector.describe(port), direction, word(offload),
                            port.info().driver()));
        }
        PortSelector.requireStopped(port);
        settings.changePlan(port.name(), change);
        return "Port %s: %s offload %s is %s, from its next start on".formatted(
                PortSelector.describe(port), direction, word(offload), on ? "on" : "off");
    }

    private String setTxVlan(Words words) {
        Port port = port(words, 0);
        int tag = Numbers.parse("VLAN", words.get(1), 0, RxFilter.MAX_VLAN);
        String told = set(port, TxOffload.VLAN_INSERT, true);
        settings.changePlan(port.name(), plan -> plan.withTxVlan(tag));
        return told;
    }
}
