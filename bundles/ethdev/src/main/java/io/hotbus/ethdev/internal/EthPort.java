// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.NotSupportedException;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortState;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One port: keeps the driver's {@link EthDev} in its order of calls, and lcores away from it
 * whenever they have no business there.
 *
 * <p>All calls of the driver are made under this object's monitor. A removal does not take it,
 * since the driver may be in the middle of a long call: {@link #deviceRemoved} only swaps the
 * queues.
 */
final class EthPort implements Port {
    private static final Logger LOG = LoggerFactory.getLogger(EthPort.class);

    private final int id;
    private final Device device;
    private final EthDev dev;
    private final EthDevInfo info;
    private final LiveQueues live;
    private final ShownStats shown;
    private final PoolShare share = new PoolShare();
    private final Starvation starvation = new Starvation();
    private final AtomicBoolean removed = new AtomicBoolean();
    private volatile PortState state = PortState.STOPPED;
    /** As the driver made them; empty while not configured. */
    private RxQueue[] rxQueues = {};
    private TxQueue[] txQueues = {};
    private boolean promiscuous;

    EthPort(int id, Device device, EthDev dev) {
        this.id = id;
        this.device = device;
        this.dev = dev;
        this.info = dev.info();
        this.live = new LiveQueues(info.rx().maxQueues(), info.tx().maxQueues());
        this.promiscuous = dev.startsPromiscuous();
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
    public TxQueue txQueue(int index) {
        return live.tx(index);
    }

    /** Keeps lcores off the device from their next burst on. Whether this was the first call. */
    boolean deviceRemoved() {
        live.withdrawForGood();
        return removed.compareAndSet(false, true);
    }

    /**
     * As {@link #deviceRemoved} does, because the driver takes it away: who asks for its queues
     * from now on, even one that learns of the port only now, does not reach the driver.
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
        validate(config);
        // Until all are there it counts as not configured.
        rxQueues = new RxQueue[0];
        txQueues = new TxQueue[0];
        reserveBuffers(config);
        RxQueue[] rx = new RxQueue[config.rxQueues()];
        for (int i = 0; i < rx.length; i++) {
            rx[i] = dev.setupRxQueue(i, config.rxDescriptors(), config.pool());
            if (Mempool.DEBUG) {
                rx[i] = TrackedQueues.rx(rx[i], this + " receive queue " + i);
            }
        }
        TxQueue[] tx = new TxQueue[config.txQueues()];
        for (int i = 0; i < tx.length; i++) {
            tx[i] = dev.setupTxQueue(i, config.txDescriptors(), config.pool());
            if (Mempool.DEBUG) {
                tx[i] = TrackedQueues.tx(tx[i], this + " transmit queue " + i);
            }
        }
        rxQueues = rx;
        txQueues = tx;
        LOG.info("{}: configured, {} rx queue(s) of {} and {} tx queue(s) of {} descriptors, "
                + "pool {}", this, rx.length, config.rxDescriptors(), tx.length,
                config.txDescriptors(), config.pool().name());
    }

    private void reserveBuffers(PortConfig config) throws DeviceException {
        int wanted = config.rxQueues() * dev.maxRxBuffers(config.rxDescriptors())
                + config.txQueues() * dev.maxTxBuffers(config.txDescriptors());
        int missing = share.exchange(config.pool(), wanted);
        if (missing > 0) {
            throw failure(("its queues may hold %s buffers, and mempool %s has %s, of which %s are "
                    + "promised to others: it needs %s (or fewer descriptors or queues)").formatted(
                            wanted, config.pool().name(), config.pool().capacity(),
                            config.pool().reserved(), config.pool().capacity() + missing));
        }
    }

    private void validate(PortConfig config) throws DeviceException {
        validate("rx", config.rxQueues(), config.rxDescriptors(), info.rx());
        validate("tx", config.txQueues(), config.txDescriptors(), info.tx());
        if (config.pool() == null) {
            throw failure("needs a mempool for its queues");
        }
    }

    private void validate(String direction, int queues, int descriptors, QueueLimits limits)
            throws DeviceException {
        if (queues < 1 || queues > limits.maxQueues()) {
            throw failure("%s %s queues: 1 to %s are possible"
                    .formatted(queues, direction, limits.maxQueues()));
        }
        if (descriptors < limits.minDescriptors() || descriptors > limits.maxDescriptors()
                || Integer.bitCount(descriptors) != 1) {
            throw failure("%s %s descriptors: a power of two from %s to %s is needed".formatted(
                    descriptors, direction, limits.minDescriptors(), limits.maxDescriptors()));
        }
    }

    @Override
    public synchronized int rxQueueCount() {
        return rxQueues.length;
    }

    @Override
    public synchronized int txQueueCount() {
        return txQueues.length;
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
        if (rxQueues.length == 0) {
            throw failure("is not configured");
        }
        dev.start();
        if (isRemoved()) {
            dev.stop();
            throw failure("its device was pulled out while being started");
        }
        state = PortState.STARTED;
        live.publish(rxQueues, txQueues);
        LOG.info("{}: started", this);
    }

    @Override
    public synchronized void stop() {
        if (state != PortState.STARTED) {
            return;
        }
        live.withdraw();
        state = PortState.STOPPED;
        dev.stop();
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
            rxQueues = new RxQueue[0];
            txQueues = new TxQueue[0];
            dev.close();
            share.giveBack();
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
     * Warns where it has begun to receive nothing for want of buffers; whether it did. One thread
     * at a time. Does not wait for a driver that is being set up, started or stopped.
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
                + "ports, queues or descriptors help)", this, share);
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
    public synchronized boolean promiscuous() {
        return promiscuous;
    }

    @Override
    public synchronized void setPromiscuous(boolean on) throws DeviceException {
        if (state == PortState.CLOSED || isRemoved()) {
            return;
        }
        try {
            dev.setPromiscuous(on);
            promiscuous = on;
        } catch (NotSupportedException e) {
            throw e.by(toString(), info.driver());
        }
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

    /** As log lines begin: {@code port 0 (net_sim0)}. */
    @Override
    public String toString() {
        return "port " + id + " (" + name() + ")";
    }
}
