// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortState;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One port. It calls the driver's {@link EthDev} in the right order, and keeps lcores from its
 * queues except while the port is started.
 *
 * <p>All calls of the driver are made under this object's monitor. A removal does not take the
 * monitor, because the driver may be in a long call: {@link #deviceRemoved} only swaps the queues.
 */
final class EthPort implements Port {
    private static final Logger LOG = LoggerFactory.getLogger(EthPort.class);

    private final int id;
    private final Device device;
    private final EthDev dev;
    private final DeviceEvents events;
    private final EthDevInfo info;
    private final PortLimits limits;
    private final PortSettings settings;
    private final LiveQueues live;
    private final ShownStats shown;
    private final PortQueues queues;
    private final Ownership ownership;
    private final Starvation starvation = new Starvation();
    private final AtomicBoolean removed = new AtomicBoolean();
    private volatile PortState state = PortState.STOPPED;

    EthPort(int id, Device device, EthDev dev, Optional<String> owner, DeviceEvents events) {
        this.id = id;
        this.events = events;
        this.ownership = new Ownership(owner);
        this.device = device;
        this.dev = dev;
        this.info = dev.info();
        this.live = new LiveQueues(info.rx().maxQueues(), info.tx().maxQueues());
        this.queues = new PortQueues(toString(), dev);
        this.limits = new PortLimits(toString(), info);
        this.settings = new PortSettings(toString(), dev, limits);
        this.shown = new ShownStats(dev, this::isRemoved);
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public EthDevInfo info() {
        return info;
    }

    @Override
    public PortState state() {
        return state;
    }

    @Override
    public boolean isRemoved() {
        return removed.get() || device.isGone();
    }

    @Override
    public RxQueue rxQueue(int index) {
        return live.rx(index);
    }

    @Override
    public boolean wakeOnPacket(int index, Runnable wake) {
        return live.wakeOnPacket(index, wake);
    }

    @Override
    public TxQueue txQueue(int index) {
        return live.tx(index);
    }

    @Override
    public int takeBack(int index, MempoolCaches caches, long[] mbufs, int count) {
        return live.takeBack(index, caches, mbufs, count);
    }

    /**
     * Keeps lcores off the device from their next burst on. Returns whether this was the first
     * call.
     */
    boolean deviceRemoved() {
        live.withdrawForGood();
        return removed.compareAndSet(false, true);
    }

    /**
     * Keeps lcores off the device like {@link #deviceRemoved}, because the driver removes the port.
     * A thread that asks for the queues from now on does not reach the driver, even if it learns of
     * the port only now.
     */
    void leave() {
        live.withdrawForGood();
    }

    @Override
    public synchronized void configure(PortConfig config) throws DeviceException {
        switch (state) {
            case STARTED -> throw failure("is started: stop it before it is configured");
            case CLOSED -> throw failure("is closed: detach its device and attach it again");
            default -> requirePresent("configured");
        }
        limits.check(config);
        events.step(DeviceStep.Kind.PORT_CONFIGURE, device, () -> queues.setUp(config));
        LOG.info("{}: configured, {} rx queue(s) of {} and {} tx queue(s) of {} descriptors, "
                + "pool {}", this, config.rxQueues(), config.rxDescriptors(),
                config.txQueues(), config.txDescriptors(), config.pool().name());
    }

    @Override
    public synchronized Optional<PortConfig> config() {
        return queues.config();
    }

    @Override
    public synchronized int rxQueueCount() {
        return queues.rx().length;
    }

    @Override
    public synchronized int txQueueCount() {
        return queues.tx().length;
    }

    @Override
    public synchronized void start() throws DeviceException {
        if (state == PortState.STARTED) {
            return;
        }
        if (state == PortState.CLOSED) {
            throw failure("is closed: detach its device and attach it again");
        }
        requirePresent("started");
        if (queues.rx().length == 0) {
            throw failure("is not configured");
        }
        events.step(DeviceStep.Kind.PORT_START, device, this::startPresent);
        state = PortState.STARTED;
        live.publish(queues.rx(), queues.tx());
        LOG.info("{}: started", this);
    }

    private void startPresent() throws DeviceException {
        settings.start();
        if (isRemoved()) {
            dev.stop();
            throw failure("its device was pulled out while being started");
        }
    }

    @Override
    public synchronized void stop() {
        if (state != PortState.STARTED) {
            return;
        }
        live.withdraw();
        state = PortState.STOPPED;
        events.step(DeviceStep.Kind.PORT_STOP, device, dev::stop);
        LOG.info("{}: stopped", this);
    }

    @Override
    public synchronized void close() {
        if (state == PortState.CLOSED) {
            return;
        }
        try {
            stop();
            shown.close();
        } finally {
            state = PortState.CLOSED;
            live.forget();
            queues.forget();
            events.step(DeviceStep.Kind.PORT_CLOSE, device, dev::close);
            queues.giveBackBuffers();
        }
        LOG.info("{}: closed", this);
    }

    @Override
    public synchronized Link link() {
        if (state == PortState.CLOSED || isRemoved()) {
            return Link.DOWN;
        }
        Link link = dev.link();
        return isRemoved() ? Link.DOWN : link;
    }

    @Override
    public synchronized EthStats stats() {
        return shown.stats();
    }

    /**
     * Warns if the port has begun to receive nothing because it gets no buffers. Returns whether it
     * warned. One thread at a time. Does not wait for a driver that is being set up, started or
     * stopped.
     */
    boolean watchBuffers() {
        if (state != PortState.STARTED || isRemoved()) {
            starvation.forget();
            return false;
        }
        boolean began = starvation.began(stats(), System.nanoTime());
        if (began) {
            warnOfStarvation();
        }
        return began;
    }

    private synchronized void warnOfStarvation() {
        LOG.warn("{}: receives nothing, as it gets no buffers of {} (a larger pool, or fewer "
                + "ports, queues or descriptors help)", this, queues);
    }

    @Override
    public synchronized Map<String, Long> xstats() {
        return Xstats.of(shown.stats(), shown.xstats());
    }

    @Override
    public synchronized void resetStats() {
        shown.reset();
    }

    @Override
    public synchronized int mtu() {
        return settings.mtu();
    }

    @Override
    public synchronized void setMtu(int bytes) throws DeviceException {
        if (state != PortState.STOPPED) {
            throw failure("is " + state.name().toLowerCase(Locale.ROOT)
                    + ": its MTU can be set while it is stopped");
        }
        requirePresent("told its MTU");
        settings.setMtu(bytes);
    }

    @Override
    public synchronized RxFilter rxFilter() {
        return settings.filter();
    }

    @Override
    public synchronized void changeRxFilter(UnaryOperator<RxFilter> change)
            throws DeviceException {
        if (state == PortState.CLOSED || isRemoved()) {
            return;
        }
        settings.change(change);
    }

    @Override
    public Optional<String> owner() {
        return ownership.owner();
    }

    @Override
    public void own(String name) throws DeviceException {
        String owner = ownership.take(name);
        if (!owner.equals(name)) {
            throw failure("is owned by " + owner);
        }
    }

    @Override
    public void disown(String name) {
        ownership.end(name);
    }

    @Override
    public synchronized void receiveAs(int portId) {
        dev.portAssigned(portId);
    }

    private void requirePresent(String doing) throws DeviceException {
        if (isRemoved()) {
            throw failure("its device is gone, so it cannot be " + doing
                    + ": detach it, and attach it when it is back");
        }
    }

    private DeviceException failure(String what) {
        return new DeviceException(this + ": " + what);
    }

    /** The beginning of log lines: {@code port 0 (net_sim0)}. */
    @Override
    public String toString() {
        return "port " + id + " (" + name() + ")";
    }
}
