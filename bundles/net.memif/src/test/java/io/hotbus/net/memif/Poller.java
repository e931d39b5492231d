// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Frames;

/** A thread that sends and receives on a port without pause, until it is closed. */
final class Poller implements AutoCloseable {
    private final Port port;
    private final Mempool pool;
    private final Thread thread = new Thread(this::run, "poller");
    private volatile boolean end;
    private volatile long received;
    private volatile Throwable failure;

    Poller(Port port, Mempool pool) {
        this.port = port;
        this.pool = pool;
        thread.start();
    }

    private void run() {
        long[] mbufs = new long[32];
        MempoolCaches caches = pool.mempools().uncached();
        try {
            while (!end) {
                Frames.send(port, pool, 0, 4);
                int count = port.rxQueue(0).burst(caches, mbufs, 32);
                caches.free(mbufs, 0, count);
                received += count;
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** The number of packets that have come. */
    long received() {
        return received;
    }

    @Override
    public void close() throws InterruptedException {
        end = true;
        thread.join();
        assertThat(failure).isNull();
    }
}
