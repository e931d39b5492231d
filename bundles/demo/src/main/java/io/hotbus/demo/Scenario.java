// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import io.hotbus.app.Await;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.PortManager;
import io.hotbus.testpmd.Reattach;
import io.hotbus.testpmd.Rehearsal;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays the scenario: two pairs of wired NICs forward. One NIC of the first pair is pulled out and
 * plugged in again, many times. The second pair must not lose a packet meanwhile.
 */
final class Scenario {
    private static final Logger LOG = LoggerFactory.getLogger(Scenario.class);
    private static final String VICTIM = "net_sim0";
    private static final List<String> DEVARGS =
            List.of("net_sim0,peer=net_sim1", "net_sim1", "net_sim2,peer=net_sim3", "net_sim3");
    private static final String QUEUES = ",queues=";
    private static final Set<String> OTHERS = Set.of("net_sim2", "net_sim3");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** Packets to forward through the device before it is pulled out, so that it has traffic. */
    private static final long WARM_PACKETS = 20_000;
    /** Packets before the first removal, so that the JVM has compiled the data path. */
    private static final long FULL_SPEED_PACKETS = 2_000_000;
    /** Bursts sent on every port at the start, enough for full speed. */
    private static final int BURSTS = 8;

    private final PortManager ports;
    private final PortRegistry registry;
    private final Forwarder forwarder;
    private final Reattach reattach;
    private final RemovalInjector injector;
    private final Rehearsal rehearsal;
    private final Sightings sightings;
    private final Traffic traffic;
    private final Story story;
    private final DemoOptions options;

    Scenario(Stage stage, Sightings sightings, Story story, DemoOptions options) {
        this.ports = stage.ports();
        this.registry = stage.registry();
        this.forwarder = stage.forwarder();
        this.reattach = stage.reattach();
        this.injector = stage.injector();
        this.rehearsal = stage.rehearsal();
        this.sightings = sightings;
        this.traffic = new Traffic(forwarder, VICTIM, OTHERS);
        this.story = story;
        this.options = options;
    }

    /** The services that the scenario uses. */
    record Stage(PortManager ports, PortRegistry registry, Forwarder forwarder, Reattach reattach,
            RemovalInjector injector, Rehearsal rehearsal) {
    }

    static String victim() {
        return VICTIM;
    }

    Result play() throws InterruptedException {
        List<Cycle> cycles = new ArrayList<>();
        Optional<String> failure = Optional.empty();
        Optional<Balance> balance = Optional.empty();
        double firstPacketSeconds = 0;
        try {
            firstPacketSeconds = begin();
            for (int number = 1; number <= options.cycles(); number++) {
                cycles.add(cycle(number));
            }
        } catch (DeviceException | IllegalStateException e) {
            LOG.debug("the demonstration failed", e);
            failure = Optional.of("cycle %s: %s".formatted(cycles.size() + 1, e.getMessage()));
        }
        try {
            balance = Optional.of(balance());
            registry.ports().forEach(this::detach);
        } catch (DeviceException e) {
            failure = failure.or(() -> Optional.of(e.getMessage()));
        }
        return new Result(
                options.cycles(), cycles, balance, forwarder.mbufsInUse(), firstPacketSeconds,
                failure);
    }

    /** Starts forwarding; returns the seconds from JVM start to the first forwarded packet. */
    private double begin() throws DeviceException, InterruptedException {
        story.begin("net_sim0 wired to net_sim1, net_sim2 to net_sim3");
        rehearsal.play();
        for (String devargs : DEVARGS) {
            ports.attach(Devargs.parse(devargs + QUEUES + options.queues()));
        }
        forwarder.setRecordStalls(true);
        forwarder.start(BURSTS);
        await(() -> forwarder.firstPacketNanos().isPresent(), "no packet was forwarded");
        double seconds = secondsAfterJvmStart(forwarder.firstPacketNanos().getAsLong());
        // A slow machine continues with fewer packets.
        Await.until(() -> traffic.victimPackets() >= FULL_SPEED_PACKETS, Duration.ofSeconds(3));
        story.forwarding(seconds,
                forwarder.statistics().stream().mapToLong(s -> s.injected()).sum());
        return seconds;
    }

    private static double secondsAfterJvmStart(long nanos) {
        long upMillis = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        return upMillis / 1e3 - (System.nanoTime() - nanos) / 1e9;
    }

    private Cycle cycle(int number) throws DeviceException, InterruptedException {
        double rate = awaitTraffic();
        sightings.clear();
        long others = traffic.otherPackets();
        long yanked = injector.yank(VICTIM);
        await(() -> sightings.detached().isPresent(), VICTIM + " was not detached");
        long detached = sightings.detached().getAsLong();
        List<SigbusFault> faults = sightings.faults();
        awaitOthers(others, "while " + VICTIM + " was pulled out");

        others = traffic.otherPackets();
        long plugged = System.nanoTime();
        injector.plug(VICTIM);
        await(() -> traffic.victimForwardsSince(plugged) || reattach.failure(VICTIM).isPresent(),
                VICTIM + " did not forward after it was plugged in again");
        if (reattach.failure(VICTIM).isPresent()) {
            throw new DeviceException(reattach.failure(VICTIM).get());
        }
        awaitOthers(others, "while " + VICTIM + " was plugged in");
        Cycle cycle = new Cycle(number, faults, faultToResume(faults),
                faults.isEmpty() ? 0 : faults.get(0).timeNanos() - yanked, detached - yanked,
                traffic.victimForwardedAt() - plugged);
        story.survived(cycle, rate, traffic.otherPackets());
        return cycle;
    }

    /** The time of the first fault on an lcore; see {@link Cycle}. */
    private OptionalLong faultToResume(List<SigbusFault> faults) {
        return faults.stream().flatMapToLong(fault ->
                forwarder.stallAt(fault.thread(), fault.timeNanos()).stream()
                        .mapToLong(stall -> stall.endNanos() - fault.timeNanos())).findFirst();
    }

    /** Waits until packets go through the device; returns the packets per second. */
    private double awaitTraffic() throws InterruptedException {
        long start = System.nanoTime();
        long before = traffic.victimPackets();
        await(() -> traffic.victimPackets() >= before + WARM_PACKETS,
                "too few packets went through " + VICTIM);
        return (traffic.victimPackets() - before) * 1e9 / (System.nanoTime() - start);
    }

    private void awaitOthers(long before, String when) throws InterruptedException {
        await(() -> traffic.otherPackets() > before, "the other ports stopped " + when);
    }

    /** Stops forwarding, lets the wires run empty, and counts the packets. */
    private Balance balance() throws DeviceException {
        forwarder.stop();
        List<Port> others = registry.ports().stream()
                .filter(port -> OTHERS.contains(port.name())).toList();
        long injected = traffic.otherInjected();
        Balance balance = Balance.of(injected,
                forwarder.drain(others, injected, Duration.ofSeconds(2)), traffic.otherPackets());
        if (balance.lost() != 0) {
            LOG.warn("the streams of the other ports: {}", traffic.others());
            others.forEach(port -> LOG.warn("{}: {}", port.name(), port.stats()));
        }
        return balance;
    }

    private void detach(Port port) {
        try {
            ports.detach(port);
        } catch (DeviceException e) {
            LOG.error("{}", e.getMessage());
        }
    }

    private static void await(BooleanSupplier condition, String otherwise)
            throws InterruptedException {
        if (!Await.until(condition, PATIENCE)) {
            throw new IllegalStateException(otherwise + " within " + PATIENCE.toSeconds() + " s");
        }
    }
}
