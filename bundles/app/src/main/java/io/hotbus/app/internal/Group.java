// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app.internal;

import io.hotbus.app.HotPlug;
import io.hotbus.app.Lcore;
import io.hotbus.app.LcoreTask;
import io.hotbus.app.LcoreUsage;
import io.hotbus.app.LcoreUsages;
import io.hotbus.app.OpenPort;
import io.hotbus.app.PortGroup;
import io.hotbus.app.StallWatch;
import io.hotbus.app.internal.PortGroups.Platform;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortUser;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports, buffers and lcores of one application. The group passes each event to its ports. A
 * port releases its device under the port's own lock and never waits for a lock of the group.
 */
final class Group implements PortGroup, EthEventListener, PortUser, LcoreUsages {
    private static final Logger LOG = LoggerFactory.getLogger(Group.class);
    private static final int MBUFS = 16_384;
    /** Long enough for an lcore that gets no CPU for a while to end its burst. */
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final Platform platform;
    private final HotPlug hotPlug;
    private final Mempool pool;
    private final List<GroupPort> ports = new CopyOnWriteArrayList<>();
    private final List<Lcore> lcores = new CopyOnWriteArrayList<>();
    private final StallWatch stalls;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean sleepy;
    private volatile Runnable whenClosed = () -> { };

    Group(Platform platform, HotPlug hotPlug) throws DeviceException {
        this.platform = platform;
        this.hotPlug = hotPlug;
        try {
            this.pool = platform.mempools().create("app", MBUFS, Mempool.DEFAULT_DATA_ROOM);
        } catch (IOException e) {
            hotPlug.close();
            throw new DeviceException("mempool of %s mbufs of %s bytes: %s".formatted(
                    MBUFS, Mempool.DEFAULT_DATA_ROOM, e.getMessage()), e);
        }
        this.stalls = new StallWatch(() -> lcores, platform.events());
    }

    /** Sets a task that runs once, when the group is closed. */
    void onClose(Runnable task) {
        whenClosed = task;
    }

    Platform platform() {
        return platform;
    }

    Mempool pool() {
        return pool;
    }

    @Override
    public OpenPort open(Devargs devargs) throws DeviceException {
        if (closed.get()) {
            throw new DeviceException(devargs.name() + ": the group of ports is closed");
        }
        GroupPort port = new GroupPort(this, devargs);
        ports.add(port);
        try {
            port.open();
        } catch (DeviceException e) {
            ports.remove(port);
            port.close();
            throw e;
        }
        return port;
    }

    @Override
    public void run(LcoreTask task) throws DeviceException, InterruptedException {
        if (!pool.reserve(MempoolCaches.DEFAULT_CAPACITY)) {
            throw new DeviceException("mempool %s: all %s mbufs are promised to ports: none is "
                    .formatted(pool.name(), MBUFS) + "left for an lcore");
        }
        BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
        int cpu = nextCpu();
        Lcore lcore = new Lcore(cpu, platform.affinity(),
                platform.mempools().caches("lcore-" + cpu), (which, e) -> failures.add(e));
        lcores.add(lcore);
        lcore.start();
        lcore.assign(List.of(sleepy ? new SleepyTask(task, ports) : task));
        try {
            Throwable failure = failures.take();
            throw new DeviceException("%s: the task failed: %s".formatted(lcore.name(), failure),
                    failure);
        } finally {
            end(lcore);
            pool.unreserve(MempoolCaches.DEFAULT_CAPACITY);
        }
    }

    @Override
    public void sleepWhenIdle() {
        sleepy = true;
    }

    /** Picks CPUs from the last one down, and leaves the first to other threads if possible. */
    private int nextCpu() {
        List<Integer> cpus = platform.affinity().available();
        return cpus.get(Math.max(0, cpus.size() - 1 - lcores.size()));
    }

    private void end(Lcore lcore) {
        lcore.end(DEADLINE);
        lcores.remove(lcore);
    }

    /** Waits until all task calls that run now have returned. */
    void awaitLcores() throws DeviceException {
        for (Lcore lcore : lcores) {
            lcore.awaitReturn(DEADLINE);
        }
    }

    /** A port is there that may have something to receive. */
    void wakeLcores() {
        lcores.forEach(Lcore::wake);
    }

    @Override
    public List<LcoreUsage> lcoreUsages() {
        return lcores.stream().map(Lcore::usage).toList();
    }

    @Override
    public void onEthEvent(EthEvent event) {
        for (GroupPort port : ports) {
            port.onEthEvent(event);
        }
    }

    @Override
    public void release(Port released) throws DeviceException {
        for (GroupPort port : ports) {
            port.release(released);
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        stalls.close();
        lcores.forEach(this::end);
        ports.forEach(GroupPort::close);
        whenClosed.run();
        hotPlug.close();
        if (pool.available() == pool.capacity()) {
            pool.close();
        } else {
            LOG.warn("mempool {}: {} mbufs are still in use, its memory is left mapped{}",
                    pool.name(), pool.capacity() - pool.available(),
                    Mempool.DEBUG ? ": " + pool.holders() : "");
        }
    }
}
