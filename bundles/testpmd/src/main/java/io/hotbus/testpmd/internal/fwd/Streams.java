// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.app.Lcore;
import io.hotbus.app.LcoreTask;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.FwdStream;
import io.hotbus.testpmd.PortPlan;
import io.hotbus.testpmd.StreamStats;
import io.hotbus.testpmd.internal.fwd.Pairing.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The present streams. Starts and ends streams so that they match the routes, and keeps those that
 * are on a route already. Guarded by the forwarder's monitor.
 */
final class Streams {
    /**
     * The limit for the end of a burst. A burst takes microseconds, or some milliseconds if its
     * lcore is not scheduled.
     */
    private static final Duration BOUNDARY_DEADLINE = Duration.ofSeconds(2);

    private final Lcores lcores;
    private final Function<String, PortPlan> plans;
    private final TxFirst txFirst = new TxFirst();
    private final FwdStream.PacketLog packetLog = new PacketPrinter(System.out);
    private final Map<Route, LiveStream> live = new LinkedHashMap<>();
    /** Streams that were taken off their lcores, which may still be in the last burst. */
    private final List<LiveStream> ending = new ArrayList<>();
    private final Map<LiveStream.Key, StreamStats> ended = new LinkedHashMap<>();
    /** The counters when they were cleared last. */
    private final Map<LiveStream.Key, StreamStats> cleared = new HashMap<>();
    private ForwardEngine engine;
    private FwdConfig config;
    private int txFirstBursts;
    private PortMempools mempools;
    private long firstPacketNanos;

    /** {@code plans} says what is set on the port of a device. */
    Streams(Lcores lcores, Function<String, PortPlan> plans) {
        this.lcores = lcores;
        this.plans = plans;
    }

    /** Forgets all counters, and sets what streams from now on do. No stream is live. */
    void reset(ForwardEngine engine, FwdConfig config, int txFirstBursts, PortMempools mempools) {
        this.engine = engine;
        this.config = config;
        this.txFirstBursts = txFirstBursts;
        this.mempools = mempools;
        ended.clear();
        cleared.clear();
        firstPacketNanos = 0;
    }

    /** The configuration that the streams follow. */
    FwdConfig config() {
        return config;
    }

    ForwardEngine engine() {
        return engine;
    }

    int count() {
        return live.size();
    }

    /**
     * Ends the streams that are on none of {@code routes} and starts the missing ones.
     *
     * @throws DeviceException an lcore did not leave an ended stream in time; the missing ones are
     *     not started
     */
    void follow(List<Route> routes) throws DeviceException {
        Set<Route> gone = new LinkedHashSet<>(live.keySet());
        routes.forEach(gone::remove);
        gone.forEach(route -> ending.add(live.remove(route)));
        assign();
        awaitEnded(stream -> gone.contains(stream.route));
        for (Route route : routes) {
            if (!live.containsKey(route)) {
                live.put(route, begin(route));
            }
        }
        assign();
    }

    private LiveStream begin(Route route) throws DeviceException {
        Lcore lcore = lcores.of(route);
        Mempool pool = mempools.get(route.tx().device().numaNode());
        FwdStream stream = new FwdStream(route.rx(), route.tx(), route.queue(), pool,
                lcore.caches(), config, plans.apply(route.tx().name()),
                config.verbose() > 0 ? packetLog : null);
        engine.begin(stream);
        return new LiveStream(route, new FwdTask(engine, stream), lcore,
                txFirst.send(route, config, txFirstBursts, pool));
    }

    /** Passes the changes to the lcores. */
    private void assign() {
        for (Lcore lcore : lcores.list()) {
            List<FwdTask> tasks = live.values().stream()
                    .filter(s -> s.lcore == lcore && !s.failed).map(s -> s.task).toList();
            if (!lcore.tasks().equals(tasks)) {
                lcore.assign(tasks);
            }
        }
    }

    /** @throws DeviceException an lcore is still in a burst on the port's queues */
    void awaitEnded(Port port) throws DeviceException {
        awaitEnded(stream -> stream.route.involves(port));
    }

    /** @throws DeviceException an lcore is still in a burst on queues of an ended stream */
    void awaitAllEnded() throws DeviceException {
        awaitEnded(stream -> true);
    }

    private void awaitEnded(Predicate<LiveStream> wanted) throws DeviceException {
        for (LiveStream stream : List.copyOf(ending)) {
            if (wanted.test(stream)) {
                stream.lcore.awaitBoundary(BOUNDARY_DEADLINE);
                ended.put(stream.key(), statistics(stream, false));
                noteFirstPacket(stream);
                stream.task.engine().end(stream.stream);
                ending.remove(stream);
            }
        }
    }

    /** Marks a stream whose engine threw, so that its lcore dropped it. False if it is not live. */
    boolean markFailed(LcoreTask task) {
        for (LiveStream candidate : live.values()) {
            if (candidate.task == task && !candidate.failed) {
                candidate.failed = true;
                return true;
            }
        }
        return false;
    }

    List<StreamStats> statistics() {
        return total().entrySet().stream().map(entry -> cleared.containsKey(entry.getKey())
                ? entry.getValue().minus(cleared.get(entry.getKey())) : entry.getValue()).toList();
    }

    /** Counts from zero from now on. */
    void clear() {
        cleared.putAll(total());
    }

    private Map<LiveStream.Key, StreamStats> total() {
        Map<LiveStream.Key, StreamStats> all = new LinkedHashMap<>(ended);
        ending.forEach(stream -> all.put(stream.key(), statistics(stream, false)));
        live.values().forEach(stream -> all.put(stream.key(), statistics(stream, true)));
        return all;
    }

    private StreamStats statistics(LiveStream stream, boolean served) {
        return stream.statistics(
                ended.getOrDefault(stream.key(), LiveStream.none(stream.key())), served);
    }

    OptionalLong firstPacketNanos() {
        live.values().forEach(this::noteFirstPacket);
        return firstPacketNanos == 0 ? OptionalLong.empty() : OptionalLong.of(firstPacketNanos);
    }

    private void noteFirstPacket(LiveStream stream) {
        long first = stream.stream.firstPacketNanos();
        if (first != 0 && (firstPacketNanos == 0 || first - firstPacketNanos < 0)) {
            firstPacketNanos = first;
        }
    }
}
