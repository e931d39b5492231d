// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.QueueSetup;
import io.hotbus.testpmd.internal.port.PreferredBurst;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code port config all}: what holds for all ports, from their next start on. */
@Component(service = Verbs.class)
public final class QueueCommand implements Verbs {
    private static final int MIN_PACKET = 64;
    private static final int MAX_PACKET = 0xffff + Options.FRAME_OVERHEAD;

    private final FwdSettings settings;
    private final PortRegistry registry;

    @Activate
    public QueueCommand(@Reference FwdSettings settings, @Reference PortRegistry registry) {
        this.settings = settings;
        this.registry = registry;
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(
                Verb.of("port config all rxq|txq|rxd|txd COUNT",
                        "queues of stopped ports, or descriptors of each queue",
                        words -> setQueues(words.get(0), words.get(1))),
                Verb.of("port config all burst COUNT", "packets taken at a time",
                        words -> setBurst(words.get(0))),
                Verb.of("port config all max-pkt-len BYTES",
                        "the longest frame of stopped ports, with its check sequence",
                        words -> setLength(words.get(0))));
    }

    private void requireStopped() {
        PortSelector.free(registry).forEach(PortSelector::requireStopped);
    }

    private String setQueues(String what, String word) {
        requireStopped();
        int count = what.endsWith("q") ? Numbers.parse(what, word, 1, QueueSetup.MAX_QUEUES)
                : descriptors(what, word);
        settings.change(config -> config.withQueues(changed(config.queues(), what, count)));
        return "%s of all ports is %s, from their next start on".formatted(what, count);
    }

    private static int descriptors(String what, String word) {
        int count = Numbers.parse(
                what, word, QueueSetup.MIN_DESCRIPTORS, QueueSetup.MAX_DESCRIPTORS);
        if (Integer.bitCount(count) != 1) {
            throw new IllegalArgumentException(
                    "%s: %s: a power of two is needed".formatted(what, count));
        }
        return count;
    }

    private static QueueSetup changed(QueueSetup now, String what, int count) {
        return switch (what) {
            case "rxq" -> new QueueSetup(count, now.tx(), now.rxDescriptors(),
                    now.txDescriptors());
            case "txq" -> new QueueSetup(now.rx(), count, now.rxDescriptors(),
                    now.txDescriptors());
            case "rxd" -> new QueueSetup(now.rx(), now.tx(), count, now.txDescriptors());
            default -> new QueueSetup(now.rx(), now.tx(), now.rxDescriptors(), count);
        };
    }

    private String setBurst(String word) throws DeviceException {
        int packets = PreferredBurst.of(
                Numbers.parse("burst", word, 0, FwdConfig.MAX_BURST),
                PortSelector.free(registry));
        settings.change(config -> config.withBurst(packets));
        return "Number of packets per burst set to " + packets;
    }

    private String setLength(String word) throws DeviceException {
        requireStopped();
        int bytes = Numbers.parse("max-pkt-len", word, MIN_PACKET, MAX_PACKET);
        for (Port port : PortSelector.free(registry)) {
            port.setMtu(bytes - Options.FRAME_OVERHEAD);
        }
        return "max-pkt-len of all ports is %s, an MTU of %s".formatted(
                bytes, bytes - Options.FRAME_OVERHEAD);
    }
}
