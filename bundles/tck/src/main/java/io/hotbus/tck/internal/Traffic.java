// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortUser;
import org.osgi.framework.ServiceRegistration;

/**
 * A thread that receives and sends on the first queues of a port without pause, like an lcore, and
 * checks the results of the queues. The port may ask it to stop, as it asks any application.
 */
public final class Traffic implements PortUser, AutoCloseable {
    private static final int BURST = 32;

    private final Port port;
    private final Mempool pool;
    private final Awaiting awaiting;
    private final TestFrame frame;
    private final ServiceRegistration<?> registration;
    private final Thread thread = new Thread(this::run, "tck-traffic");
    private volatile boolean stopped;
    private volatile long rounds;
    private volatile Throwable failure;

    Traffic(Platform platform, Port port, Mempool pool) {
        this.port = port;
        this.pool = pool;
        this.awaiting = platform.awaiting();
        this.frame = new TestFrame(port.macAddress().value());
        registration = platform.register(this);
        thread.start();
    }

    private void run() {
        long[] mbufs = new long[BURST];
        try (MempoolCaches caches = pool.mempools().caches(thread.getName())) {
            while (!stopped) {
                receive(caches, mbufs);
                send(caches, mbufs);
                rounds++;
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void receive(MempoolCaches caches, long[] mbufs) {
        int received = port.rxQueue(0).burst(caches, mbufs, BURST);
        require(received >= 0 && received <= BURST, "receives", received);
        for (int i = 0; i < received; i++) {
            int length = Mbuf.length(mbufs[i]);
            if (length < 1 || length > pool.dataRoom() || Mbuf.port(mbufs[i]) != port.id()) {
                throw new AssertionError("%s: gives a packet of %s bytes, received on port %s"
                        .formatted(port, length, Mbuf.port(mbufs[i])));
            }
        }
        caches.free(mbufs, 0, received);
    }

    private void send(MempoolCaches caches, long[] mbufs) {
        int fresh = frame.fill(pool, mbufs);
        int sent = port.txQueue(0).burst(caches, mbufs, fresh);
        require(sent >= 0 && sent <= fresh, "sends", sent);
        caches.free(mbufs, sent, fresh - sent);
    }

    private void require(boolean sane, String does, int count) {
        if (!sane) {
            throw new AssertionError("%s: %s %s of %s packets".formatted(port, does, count, BURST));
        }
    }

    /** Waits until the thread has polled the queues {@code count} more times. */
    public Traffic awaitRounds(int count) {
        long target = rounds + count;
        awaiting.until("the bursts on " + port + " return",
                () -> rounds >= target || failure != null);
        rethrow();
        return this;
    }

    private void rethrow() {
        if (failure != null) {
            throw new AssertionError(port + ": a burst failed: " + failure, failure);
        }
    }

    /** Stops the thread, so that no burst runs when this returns. */
    @Override
    public void release(Port of) {
        if (of == port) {
            halt();
        }
    }

    private void halt() {
        stopped = true;
        try {
            awaiting.end(thread);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Stops the thread.
     *
     * @throws AssertionError a burst failed, or hangs
     */
    @Override
    public void close() {
        halt();
        registration.unregister();
        rethrow();
    }
}
