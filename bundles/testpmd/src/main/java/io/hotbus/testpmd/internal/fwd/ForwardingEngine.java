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
import io.hotbus.testpmd.ForwardMode;
import io.hotbus.testpmd.FwdEngine;
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
 * The engine: knows the ports and the mode, and has {@link Streams} follow what they ask for. Its
 * monitor guards everything but the lcores' own work.
 */
@Component(service = {FwdEngine.class, PortUser.class})
public final class ForwardingEngine implements FwdEngine, PortUser {
    private static final Logger LOG = LoggerFactory.getLogger(ForwardingEngine.class);

    private final Options options;
    private final SharedMempool mempool;
    private final Lcores lcores;
    private final Streams streams;
    private final Map<String, ForwardMode> modes = new ConcurrentSkipListMap<>();
    private final TreeMap<Integer, Port> ports = new TreeMap<>();
    /** Ids of ports that were taken away while forwarding runs: their partners wait for them. */
    private final Set<Integer> lost = new HashSet<>();
    private volatile String mode;
    private volatile boolean running;
    private volatile boolean recordStalls;

    /**
     * {@code hotPlug} is not used here, but is in place before a port is, and for as long as one
     * may be: a device that is pulled out under an lcore is survived from the first packet on.
     */
    @Activate
    public ForwardingEngine(@Reference Options options, @Reference CpuAffinity affinity,
            @Reference Mempools mempools, @Reference ControlThread control,
            @Reference HotPlug hotPlug) {
        this.options = options;
        this.mode = options.forwardMode();
        this.mempool = new SharedMempool(options, mempools);
        this.lcores = new Lcores(options, affinity, mempool, (task, failure) ->
                control.execute(this, () -> taskFailed(task, failure)));
        this.streams = new Streams(lcores, options.burst());
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addMode(ForwardMode added) {
        modes.put(added.name(), added);
    }

    void removeMode(ForwardMode removed) {
        modes.remove(removed.name(), removed);
        synchronized (this) {
            if (running && streams.mode() == removed) {
                LOG.warn("forward mode {} went away: forwarding is stopped", removed.name());
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
        ForwardMode wanted = requireMode(mode);
        streams.awaitAllEnded();
        lcores.start();
        setRecordStalls(recordStalls);
        new RxDrain(mempool.uncached()).flush(ports.values(), 2 * options.rxDescriptors());
        lost.clear();
        streams.reset(wanted, txFirst, mempool);
        running = true;
        streams.follow(Pairing.routes(ports, lost));
        LOG.info("forwarding started: {}, {} port(s), {} stream(s), {} lcore(s)", mode,
                ports.size(), streams.count(), lcores.list().size());
    }

    @Override
    public void requireStartable() throws DeviceException {
        lcores.cpus();
        if (!modes.containsKey(options.forwardMode())) {
            throw new DeviceException("--forward-mode %s: there is no such mode (there are: %s)"
                    .formatted(options.forwardMode(), String.join(", ", modes())));
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
    public String mode() {
        return mode;
    }

    @Override
    public void setMode(String name) {
        requireMode(name);
        mode = name;
    }

    private ForwardMode requireMode(String name) {
        ForwardMode found = modes.get(name);
        if (found == null) {
            throw new IllegalArgumentException("'%s' is not a forward mode (there are: %s)"
                    .formatted(name, String.join(", ", modes())));
        }
        return found;
    }

    @Override
    public List<String> modes() {
        return List.copyOf(modes.keySet());
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
