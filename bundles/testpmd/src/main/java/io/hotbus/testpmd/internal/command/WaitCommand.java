// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.app.Await;
import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.cli.Words;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.Reattach;
import io.hotbus.testpmd.StreamStats;
import io.hotbus.testpmd.internal.port.PortRemover;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code wait}: for scripts, until something has come about. */
@Component(service = Verbs.class, immediate = true) // it remembers which removals were waited for
public final class WaitCommand implements Verbs {
    private static final int DEFAULT_SECONDS = 10;
    private static final int MAX_SECONDS = 86400;

    private final Forwarder forwarder;
    private final PortRegistry registry;
    private final Reattach reattach;
    private final PortRemover remover;
    private final PortSelector ports;
    /** Removals of a device that were waited for already. */
    private final Map<String, Integer> removalsSeen = new ConcurrentHashMap<>();

    @Activate
    public WaitCommand(@Reference Forwarder forwarder, @Reference PortRegistry registry,
            @Reference Reattach reattach, @Reference PortRemover remover) {
        this.forwarder = forwarder;
        this.registry = registry;
        this.reattach = reattach;
        this.remover = remover;
        this.ports = new PortSelector(registry);
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(
                ports.named(Verb.of("wait port NAME started|gone [SECONDS]",
                        "until the device's port is forwarded on, or is no more",
                        words -> words.get(1).equals("started")
                                ? started(words.get(0), seconds(words, 2))
                                : gone(words.get(0), seconds(words, 2)))),
                Verb.of("wait packets COUNT [SECONDS]",
                        "until as many were forwarded (rxonly: received) since the last start",
                        words -> packets(Numbers.parse("packets", words.get(0), 1,
                                Integer.MAX_VALUE), seconds(words, 1))),
                ports.named(Verb.of("wait removal NAME [SECONDS]",
                        "until the device was removed and cleaned up after, once more",
                        words -> removal(words.get(0), seconds(words, 1)))));
    }

    private static int seconds(Words words, int index) {
        return words.has(index) ? Numbers.parse("wait", words.get(index), 1, MAX_SECONDS)
                : DEFAULT_SECONDS;
    }

    private String started(String name, int seconds) throws InterruptedException {
        BooleanSupplier started = () -> registry.port(name)
                .filter(port -> !port.isRemoved() && forwarder.ports().contains(port)).isPresent();
        BooleanSupplier hopeless = () -> reattach.failure(name).isPresent();
        Await.until(() -> started.getAsBoolean() || hopeless.getAsBoolean(),
                Duration.ofSeconds(seconds));
        if (!started.getAsBoolean()) {
            throw new IllegalStateException("port %s is not started%s".formatted(name,
                    reattach.failure(name).map(reason -> ": " + reason)
                            .orElse(" after " + seconds + " s")));
        }
        return "Port " + name + " is started";
    }

    private String gone(String name, int seconds) throws InterruptedException {
        await(() -> registry.port(name).isEmpty(), seconds,
                "port " + name + " is still there");
        return "Port " + name + " is gone";
    }

    private String packets(int count, int seconds) throws InterruptedException {
        await(() -> forwarded() >= count, seconds,
                "fewer than " + count + " packets were forwarded");
        return forwarded() + " packets were forwarded";
    }

    private long forwarded() {
        return forwarder.statistics().stream().mapToLong(WaitCommand::forwarded).sum();
    }

    /** An engine that sends nothing, as rxonly, has done its work on what was received. */
    private static long forwarded(StreamStats stream) {
        return stream.sent() == 0 && stream.dropped() == 0 ? stream.received() : stream.sent();
    }

    private String removal(String name, int seconds) throws InterruptedException {
        int seen = removalsSeen.getOrDefault(name, 0);
        await(() -> remover.removals(name) > seen, seconds, name + " was not removed");
        removalsSeen.put(name, seen + 1);
        return name + " was removed and is detached";
    }

    private static void await(BooleanSupplier condition, int seconds, String otherwise)
            throws InterruptedException {
        if (!Await.until(condition, Duration.ofSeconds(seconds))) {
            throw new IllegalStateException(otherwise + " after " + seconds + " s");
        }
    }
}
