// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.app.Lcore;
import io.hotbus.app.LcoreTask;
import io.hotbus.app.LcoreUsage;
import io.hotbus.app.LcoreUsages;
import io.hotbus.app.PollTimes;
import io.hotbus.app.Stall;
import io.hotbus.app.StallWatch;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortUser;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.StreamStats;
import io.hotbus.testpmd.internal.port.HotPlug;
import io.hotbus.testpmd.internal.port.PreferredBurst;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The forwarder. It holds the ports and the engine, and adapts the {@link Streams} to them. The
 * monitor guards everything except the lcores' own work.
 */
@Component(service = {Forwarder.class, PortUser.class, LcoreUsages.class})
public final class LcoreForwarder implements Forwarder, PortUser {
    private static final Logger LOG = LoggerFactory.getLogger(LcoreForwarder.class);

    private final Options options;
    private final FwdSettings settings;
    private final DeviceEvents events;
    private final Misses misses = new Misses();
    private final PortMempools mempools;
    private final Lcores lcores;
    private final Streams streams;
    private final StallWatch stalls;
    private final Engines engines = new Engines();
    private final TreeMap<Integer, Port> ports = new TreeMap<>();
    /** Ids of ports that were removed while forwarding runs; their partners wait for them. */
    private final Set<Integer> lost = new HashSet<>();
    /** Ids of ports that are to come. */
    private Set<Integer> expected = Set.of();
    private volatile String engine;
    private volatile boolean running;
    private volatile boolean recordStalls;

    /**
     * {@code hotPlug} is not called here. The reference ensures that hot-plug is on before the
     * first port and while there may be one, so a removal under an lcore is survived from the first
     * packet on.
     */
    @Activate
    public LcoreForwarder(@Reference Options options, @Reference FwdSettings settings,
            @Reference CpuAffinity affinity, @Reference Mempools mempools,
            @Reference ControlThread control, @Reference DeviceEvents events,
            @Reference HotPlug hotPlug) {
        this.events = events;
        this.options = options;
        this.engine = options.forwardMode();
        this.settings = settings;
        this.mempools = new PortMempools(options, mempools);
        this.lcores = new Lcores(affinity, this.mempools, (task, failure) ->
                control.execute(this, () -> taskFailed(task, failure)));
        this.streams = new Streams(lcores, settings::plan);
        this.stalls = new StallWatch(lcores::list, events);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addEngine(ForwardEngine added) {
        engines.add(added);
    }

    void removeEngine(ForwardEngine removed) {
        engines.remove(removed);
        synchronized (this) {
            if (running && streams.engine() == removed) {
                LOG.warn("forwarding engine {} went away: forwarding is stopped", removed.name());
                stopOrLog();
            }
        }
    }

    @Deactivate
    synchronized void deactivate() {
        stopOrLog();
        stalls.close();
        lcores.end();
        mempools.close();
    }

    private void stopOrLog() {
        try {
            stop();
        } catch (DeviceException e) {
            LOG.error("{}", e.getMessage());
        }
    }

    @Override
    public synchronized void start(int txFirst) throws DeviceException {
        if (running) {
            throw new DeviceException("forwarding runs already: stop it first");
        }
        ForwardEngine wanted = engines.require(engine);
        FwdConfig config = startConfig();
        streams.awaitAllEnded();
        lcores.start(config);
        setRecordStalls(recordStalls);
        if (config.flushRx()) {
            new RxDrain(mempools.uncached()).flush(
                    ports.values(), 2 * config.queues().rxDescriptors());
        }
        lost.clear();
        streams.reset(wanted, config, txFirst, mempools);
        misses.begin(ports);
        running = true;
        try {
            streams.follow(routes());
        } catch (DeviceException e) {
            stop();
            throw e;
        }
        LOG.info("forwarding started: {}, {} port(s), {} stream(s), {} lcore(s)", engine,
                ports.size(), streams.count(), lcores.list().size());
    }

    private FwdConfig startConfig() throws DeviceException {
        FwdConfig config = settings.config();
        return config.withBurst(PreferredBurst.of(config.burst(), ports.values()));
    }

    private List<Pairing.Route> routes() {
        return Pairing.routes(ports, missing(), streams.config(), streams.engine());
    }

    private Set<Integer> missing() {
        Set<Integer> missing = new HashSet<>(lost);
        missing.addAll(expected);
        missing.removeAll(ports.keySet());
        return missing;
    }

    @Override
    public synchronized void expect(Set<Integer> ids) throws DeviceException {
        expected = Set.copyOf(ids);
        if (running) {
            streams.follow(routes());
        }
    }

    @Override
    public synchronized List<StreamStats> planned() {
        if (running) {
            return statistics().stream().filter(StreamStats::running).toList();
        }
        FwdConfig config = settings.config();
        return lcores.plan(
                config, Pairing.routes(ports, missing(), config, engines.require(engine)));
    }

    @Override
    public void requireStartable() throws DeviceException {
        cpus(settings.config());
        if (!engines.has(options.forwardMode())) {
            throw new DeviceException("--forward-mode %s: there is no such engine (there are: %s)"
                    .formatted(options.forwardMode(), String.join(", ", engines())));
        }
    }

    @Override
    public synchronized void stop() throws DeviceException {
        if (running) {
            running = false;
            streams.follow(List.of());
            LOG.info("forwarding stopped");
        }
        streams.awaitAllEnded();
    }

    @Override
    public boolean running() {
        return running;
    }

    @Override
    public String engine() {
        return engine;
    }

    @Override
    public void setEngine(String name) {
        engines.require(name);
        engine = name;
    }

    @Override
    public List<String> engines() {
        return engines.names();
    }

    @Override
    public PortConfig portConfig(Port port) throws DeviceException {
        return settings.config().queues().with(settings.plan(port.name()),
                mempools.get(port.device().numaNode()));
    }

    @Override
    public synchronized void addPort(Port port) throws DeviceException {
        if (ports.get(port.id()) == port) {
            return;
        }
        ports.put(port.id(), port);
        lost.remove(port.id());
        if (running) {
            events.step(DeviceStep.Kind.FORWARD_START, port.device(),
                    () -> streams.follow(routes()));
            LOG.info("port {} ({}): forwarding", port.id(), port.name());
        }
    }

    @Override
    public synchronized void removePort(Port port) throws DeviceException {
        if (ports.remove(port.id(), port) && running) {
            lost.add(port.id());
            events.step(DeviceStep.Kind.FORWARD_STOP, port.device(), () -> {
                streams.follow(routes());
                streams.awaitEnded(port);
            });
        }
        streams.awaitEnded(port);
    }

    @Override
    public void release(Port port) throws DeviceException {
        removePort(port);
    }

    @Override
    public synchronized List<Port> ports() {
        return List.copyOf(ports.values());
    }

    @Override
    public synchronized List<StreamStats> statistics() {
        return streams.statistics();
    }

    @Override
    public synchronized Map<Integer, Long> missed() {
        return misses.since(ports);
    }

    @Override
    public synchronized void clearStatistics() {
        streams.clear();
        misses.begin(ports);
    }

    @Override
    public List<Integer> cpus(FwdConfig config) throws DeviceException {
        return lcores.cpus(config);
    }

    @Override
    public synchronized OptionalLong firstPacketNanos() {
        return streams.firstPacketNanos();
    }

    @Override
    public synchronized Drained drain(Collection<Port> from, long wanted, Duration deadline) {
        if (running) {
            throw new IllegalStateException("forwarding runs: its lcores have the queues");
        }
        return new RxDrain(mempools.uncached()).collect(from, wanted, deadline);
    }

    @Override
    public int mbufs() {
        return mempools.size();
    }

    @Override
    public int mbufsInUse() {
        return mempools.inUse();
    }

    @Override
    public synchronized void setRecordStalls(boolean on) {
        recordStalls = on;
        lcores.list().forEach(lcore -> lcore.setRecordStalls(on));
    }

    @Override
    public boolean recordStalls() {
        return recordStalls;
    }

    @Override
    public Optional<Stall> stallAt(int thread, long timeNanos) {
        return lcores.stallAt(thread, timeNanos);
    }

    @Override
    public List<PollTimes> pollTimes() {
        return lcores.pollTimes();
    }

    @Override
    public List<LcoreUsage> lcoreUsages() {
        return lcores.list().stream().map(Lcore::usage).toList();
    }

    @Override
    public synchronized List<String> lcores() {
        return lcores.describe();
    }

    /** On {@code control}. */
    private synchronized void taskFailed(LcoreTask task, Throwable failure) {
        if (streams.markFailed(task)) {
            LOG.error("stream {}: stopped, the others go on; stop and start to try it again",
                    task, failure);
        }
    }
}
