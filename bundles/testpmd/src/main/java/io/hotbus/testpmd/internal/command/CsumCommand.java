// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.cli.Words;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.PortPlan;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code csum} and {@code tso}: who computes checksums where the engine {@code csum} forwards, and
 * which segments the device cuts.
 */
@Component(service = Verbs.class)
public final class CsumCommand implements Verbs {
    private static final Map<String, TxOffload> OFFLOADS = Map.of("ip", TxOffload.IPV4_CKSUM,
            "udp", TxOffload.UDP_CKSUM, "tcp", TxOffload.TCP_CKSUM);

    private static final int MAX_SEGMENT = 0xffff;

    /** Who computes the checksums on a port, as {@code csum show} returns it. */
    private record Computed(String ip, String udp, String tcp) {
        String text() {
            return """
                    Parse tunnel is off
                    IP checksum offload is %s
                    UDP checksum offload is %s
                    TCP checksum offload is %s
                    SCTP checksum offload is sw
                    Outer-Ip checksum offload is sw
                    Outer-Udp checksum offload is sw""".formatted(ip, udp, tcp);
        }
    }

    /** Which segments a port cuts, as {@code tso show} returns it. */
    private record Segments(int port, int bytes) {
        String text() {
            return bytes == 0 ? "TSO for non-tunneled packets is disabled"
                    : "TSO segment size for non-tunneled packets is " + bytes;
        }
    }

    private final FwdSettings settings;
    private final OffloadCommand offloads;
    private final PortSelector ports;

    @Activate
    public CsumCommand(@Reference FwdSettings settings, @Reference PortRegistry registry) {
        this.settings = settings;
        this.offloads = new OffloadCommand(settings, registry);
        this.ports = new PortSelector(registry);
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(
                ports.named(Verb.of("csum set ip|udp|tcp|sctp|outer-ip|outer-udp hw|sw ID|NAME",
                        "who computes a checksum: the device of a stopped port, or the engine csum",
                        this::set)),
                ports.named(Verb.of("csum parse-tunnel on|off ID|NAME",
                        "only off: packets in tunnels are payload",
                        words -> parseTunnel(words.get(0), port(words, 1)))),
                ports.named(Verb.of("csum show ID|NAME", "who computes the checksums",
                        words -> show(port(words, 0)), Computed::text)),
                ports.named(Verb.of("tso set BYTES ID|NAME", "payload of the segments into which "
                        + "the device of a stopped port cuts TCP packets of csum; 0: none",
                        this::setTso)),
                ports.named(Verb.of("tso show ID|NAME", "which segments the device cuts",
                        words -> showTso(port(words, 0)), Segments::text)));
    }

    private Port port(Words words, int index) {
        return ports.select(words.get(index)).get(0);
    }

    private String set(Words words) {
        Port port = port(words, 2);
        boolean hardware = words.get(1).equals("hw");
        TxOffload offload = OFFLOADS.get(words.get(0));
        if (offload != null) {
            offloads.set(port, offload, hardware);
        } else if (hardware) {
            throw new IllegalArgumentException("port %s: tx offload %s_cksum: no device here has it"
                    .formatted(PortSelector.describe(port), words.get(0).replace('-', '_')));
        }
        return show(port).text();
    }

    private String setTso(Words words) {
        Port port = port(words, 1);
        int bytes = Numbers.parse("BYTES", words.get(0), 0, MAX_SEGMENT);
        offloads.set(port, TxOffload.TCP_TSO, bytes > 0);
        settings.changePlan(port.name(), plan -> plan.withTsoSegment(bytes));
        return showTso(port).text();
    }

    private Segments showTso(Port port) {
        PortPlan plan = settings.plan(port.name());
        return new Segments(port.id(),
                plan.txOffloads().contains(TxOffload.TCP_TSO) ? plan.tsoSegment() : 0);
    }

    private static String parseTunnel(String word, Port port) {
        if (word.equals("on")) {
            throw new IllegalArgumentException("port %s: the engine csum does not look into tunnels"
                    .formatted(PortSelector.describe(port)));
        }
        return "Parse tunnel is off";
    }

    private Computed show(Port port) {
        PortPlan plan = settings.plan(port.name());
        return new Computed(who(plan, TxOffload.IPV4_CKSUM), who(plan, TxOffload.UDP_CKSUM),
                who(plan, TxOffload.TCP_CKSUM));
    }

    private static String who(PortPlan plan, TxOffload offload) {
        return plan.txOffloads().contains(offload) ? "hw" : "sw";
    }
}
