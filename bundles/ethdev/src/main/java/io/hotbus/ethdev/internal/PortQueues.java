// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.Optional;

/**
 * The queues of a port as its driver created them, and the buffers reserved for them. Guarded by
 * the port's lock.
 */
final class PortQueues {
    private final String port;
    private final EthDev dev;
    private final PoolShare share = new PoolShare();
    /** Empty while the port is not configured. */
    private RxQueue[] rx = {};
    private TxQueue[] tx = {};
    private Optional<PortConfig> config = Optional.empty();

    /** {@code port} names the port. */
    PortQueues(String port, EthDev dev) {
        this.port = port;
        this.dev = dev;
    }

    /**
     * Sets up the queues.
     *
     * @throws DeviceException there are too few buffers, or the driver failed; there are no queues
     *     then
     */
    void setUp(PortConfig config) throws DeviceException {
        forget();
        reserveBuffers(config);
        dev.configure(config);
        RxQueue[] nextRx = new RxQueue[config.rxQueues()];
        for (int i = 0; i < nextRx.length; i++) {
            RxQueue queue = dev.setupRxQueue(i, config.rxDescriptors(), config.pool());
            nextRx[i] = Mempool.DEBUG
                    ? TrackedQueues.rx(queue, port + " receive queue " + i) : queue;
        }
        TxQueue[] nextTx = new TxQueue[config.txQueues()];
        for (int i = 0; i < nextTx.length; i++) {
            TxQueue queue = dev.setupTxQueue(i, config.txDescriptors(), config.pool());
            nextTx[i] = Mempool.DEBUG
                    ? TrackedQueues.tx(queue, port + " transmit queue " + i) : queue;
        }
        rx = nextRx;
        tx = nextTx;
        this.config = Optional.of(config);
    }

    private void reserveBuffers(PortConfig config) throws DeviceException {
        int wanted = config.rxQueues() * dev.maxRxBuffers(config.rxDescriptors())
                + config.txQueues() * dev.maxTxBuffers(config.txDescriptors());
        int missing = share.exchange(config.pool(), wanted);
        if (missing > 0) {
            throw new DeviceException(("%s: its queues may hold %s buffers, and mempool %s has %s, "
                    + "of which %s are promised to others: it needs %s (or fewer descriptors or "
                    + "queues)").formatted(port, wanted, config.pool().name(),
                            config.pool().capacity(), config.pool().reserved(),
                            config.pool().capacity() + missing));
        }
    }

    /** How the queues were set up; empty if there are none. */
    Optional<PortConfig> config() {
        return config;
    }

    RxQueue[] rx() {
        return rx;
    }

    TxQueue[] tx() {
        return tx;
    }

    /** Forgets the queues: the port counts as not configured. */
    void forget() {
        rx = new RxQueue[0];
        tx = new TxQueue[0];
        config = Optional.empty();
    }

    /** Ends the reservation of buffers. The queues are closed and hold no buffers. Idempotent. */
    void giveBackBuffers() {
        share.giveBack();
    }

    /** The pool of the queues, for messages. */
    @Override
    public String toString() {
        return share.toString();
    }
}
