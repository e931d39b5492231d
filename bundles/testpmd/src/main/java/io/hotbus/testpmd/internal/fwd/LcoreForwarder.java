// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.app.LcoreTask;
import io.hotbus.app.Stall;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortUser;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.StreamStats;
import io.hotbus.testpmd.internal.port.HotPlug;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
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
@Component(service = {Forwarder.class, PortUser.class})
public final class LcoreForwarder implements Forwarder, PortUser {
    private static final Logger LOG = LoggerFactory.getLogger(LcoreForwarder.class);

    private final Options options;
    private final SharedMempool mempool;
    private final Lcores lcores;
    private final Streams streams;
    private final Map<String, ForwardEngine> engines = new ConcurrentSkipListMap<>();
    private final TreeMap<Integer, Port> ports = new TreeMap<>();
    /** Ids of ports that were removed while forwarding runs; their partners wait for them. */
    private final Set<Integer> lost = new HashSet<>();
    private volatile String engine;
    private volatile boolean running;
    private volatile boolean recordStalls;

    /**
     * {@code hotPlug} is not called here. The reference ensures that hot-plug is on before the
     * first port and while there may be one, so a removal under an lcore is survived from the first
     * packet on.
     */
    @Activate
    public LcoreForwarder(@Reference Options options, @Reference CpuAffinity affinity,
            @Reference Mempools mempools, @Reference ControlThread control,
            @Reference HotPlug hotPlug) {
        this.options = options;
        this.engine = options.forwardMode();
        this.mempool = new SharedMempool(options, mempools);
        this.lcores = new Lcores(options, affinity, mempool, (task, failure) ->
                control.execute(this, () -> taskFailed(task, failure)));
        this.streams = new Streams(lcores, options.burst());
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addEngine(ForwardEngine added) {
        engines.put(added.name(), added);
    }

    void removeEngine(ForwardEngine removed) {
        engines.remove(removed.name(), removed);
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
        lcores.end();
        mempool.close();
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
        ForwardEngine wanted = requireEngine(engine);
        streams.awaitAllEnded();
        lcores.start();
        setRecordStalls(recordStalls);
        new RxDrain(mempool.uncached()).flush(ports.values(), 2 * options.rxDescriptors());
        lost.clear();
        streams.reset(wanted, txFirst, mempool);
        running = true;
        streams.follow(Pairing.routes(ports, lost));
        LOG.info("forwarding started: {}, {} port(s), {} stream(s), {} lcore(s)", engine,
                ports.size(), streams.count(), lcores.list().size());
    }

    @Override
    public void requireStartable() throws DeviceException {
        lcores.cpus();
        if (!engines.containsKey(options.forwardMode())) {
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
        requireEngine(name);
        engine = name;
    }

    private ForwardEngine requireEngine(String name) {
        ForwardEngine found = engines.get(name);
        if (found == null) {
            throw new IllegalArgumentException("'%s' is not a forwarding engine (there are: %s)"
                    .formatted(name, String.join(", ", engines())));
        }
        return found;
    }

    @Override
    public List<String> engines() {
        return List.copyOf(engines.keySet());
    }

    @Override
    public PortConfig portConfig() throws DeviceException {
        return new PortConfig(options.queues(), options.rxDescriptors(), options.txDescriptors(),
                mempool.get());
    }

    @Override
    public synchronized void addPort(Port port) throws DeviceException {
        if (ports.get(port.id()) == port) {
            return;
        }
        ports.put(port.id(), port);
        lost.remove(port.id());
        if (running) {
            streams.follow(Pairing.routes(ports, lost));
            LOG.info("port {} ({}): forwarding", port.id(), port.name());
        }
    }

    @Override
    public synchronized void removePort(Port port) throws DeviceException {
        if (ports.remove(port.id(), port)) {
            if (running) {
                lost.add(port.id());
                streams.follow(Pairing.routes(ports, lost));
            }
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
    public synchronized OptionalLong firstPacketNanos() {
        return streams.firstPacketNanos();
    }

    @Override
    public synchronized Drained drain(Collection<Port> from, long wanted, Duration deadline) {
        if (running) {
            throw new IllegalStateException("forwarding runs: its lcores have the queues");
        }
        return new RxDrain(mempool.uncached()).collect(from, wanted, deadline);
    }

    @Override
    public int mbufs() {
        return mempool.size();
    }

    @Override
    public int mbufsInUse() {
        return mempool.inUse();
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
        return lcores.list().stream().flatMap(lcore -> lcore.stallAt(thread, timeNanos).stream())
                .findFirst();
    }

    @Override
    public synchronized List<String> lcores() {
        return lcores.list().stream().map(lcore -> "%s (CPU %s), %s stream(s)"
                .formatted(lcore.name(), lcore.cpu(), lcore.tasks().size())).toList();
    }

    /** On {@code control}. */
    private synchronized void taskFailed(LcoreTask task, Throwable failure) {
        if (streams.markFailed(task)) {
            LOG.error("stream {}: stopped, the others go on; stop and start to try it again",
                    task, failure);
        }
    }
}
