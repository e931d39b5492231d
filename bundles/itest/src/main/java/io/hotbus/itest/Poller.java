// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import java.util.concurrent.TimeUnit;

/** A thread that sends and receives on ports without pause, as an lcore does. */
final class Poller implements AutoCloseable {
    private static final int BURST = 32;

    private final Port[] ports;
    private final Mempool pool;
    private final Thread thread = new Thread(this::run, "itest-poller");
    private volatile long received;
    private volatile boolean stopped;

    Poller(Mempool pool, Port... ports) {
        this.pool = pool;
        this.ports = ports;
        thread.start();
    }

    private void run() {
        long[] mbufs = new long[BURST];
        while (!stopped) {
            for (Port port : ports) {
                int got = port.rxQueue(0).burst(mbufs, BURST);
                pool.put(mbufs, 0, got);
                received += got;
                int fresh = pool.get(mbufs, 0, BURST);
                for (int i = 0; i < fresh; i++) {
                    Mbuf.setLength(mbufs[i], 64);
                }
                int sent = port.txQueue(0).burst(mbufs, fresh);
                pool.put(mbufs, sent, fresh - sent);
            }
        }
    }

    /** Waits until {@code count} more packets have come in. */
    void awaitPackets(long count) {
        long target = received + count;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Application.DEADLINE_SECONDS);
        while (received < target) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("packets stopped at " + received);
            }
            Thread.onSpinWait();
        }
    }

    boolean alive() {
        return thread.isAlive();
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(Application.DEADLINE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new AssertionError("the poller hangs");
        }
    }
}
