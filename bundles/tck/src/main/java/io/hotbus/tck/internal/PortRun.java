// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.QueueLimits;
import java.io.IOException;

/** A port in use, with its own pool. */
public final class PortRun implements AutoCloseable {
    private static final int BURST = 32;
    private static final int DESCRIPTORS = 256;
    /** Buffers for bursts, and for the stock of the queues. */
    private static final int SPARE_BUFFERS = 1024;

    private final Platform platform;
    private final Port port;
    private final Mempool pool;

    /** Creates the pool. {@code queues} and {@code descriptors} are the most to configure. */
    public PortRun(Platform platform, Port port, int queues, int descriptors)
            throws IOException {
        this.platform = platform;
        this.port = port;
        int each = possible(descriptors, port.info().rx())
                + possible(descriptors, port.info().tx());
        pool = platform.service(Mempools.class).create("tck " + port.name(),
                queues * (SPARE_BUFFERS + each), Mempool.DEFAULT_DATA_ROOM);
    }

    /** Configures the port with one queue and starts it. */
    public static PortRun started(Platform platform, Port port)
            throws DeviceException, IOException {
        PortRun run = new PortRun(platform, port, 1, DESCRIPTORS);
        run.configure(1, DESCRIPTORS);
        port.start();
        return run;
    }

    public Port port() {
        return port;
    }

    public Mempool pool() {
        return pool;
    }

    /** The caches for bursts on the thread of the test. */
    public MempoolCaches caches() {
        return pool.mempools().uncached();
    }

    /** Configures the port; each queue has the possible number nearest to {@code descriptors}. */
    public void configure(int queues, int descriptors) throws DeviceException {
        port.configure(new PortConfig(queues, possible(descriptors, port.info().rx()),
                possible(descriptors, port.info().tx()), pool));
    }

    private static int possible(int descriptors, QueueLimits limits) {
        return Math.max(atLeast(limits.minDescriptors()),
                Math.min(Integer.highestOneBit(limits.maxDescriptors()), descriptors));
    }

    private static int atLeast(int descriptors) {
        int highest = Integer.highestOneBit(descriptors);
        return highest == descriptors ? highest : highest << 1;
    }

    /** Sends a packet of three segments twice, and receives one burst. */
    public void exchangeChain() {
        long[] packets = new long[2];
        if (new TestFrame(port.macAddress().value()).chain(pool, packets)) {
            Mbuf.retain(packets[0], 1);
            packets[1] = packets[0];
            int sent = port.txQueue(0).burst(caches(), packets, 2);
            caches().free(packets, sent, 2 - sent);
        }
        long[] received = new long[BURST];
        caches().free(received, 0, port.rxQueue(0).burst(caches(), received, BURST));
    }

    /** Starts bursts on the first queues; they run until the result is closed. */
    public Traffic traffic() {
        return new Traffic(platform, port, pool);
    }

    /** The number of buffers that are not in the pool. */
    public int missing() {
        return pool.capacity() - pool.available();
    }

    /**
     * Checks that no buffer is missing.
     *
     * @throws AssertionError naming holders in debug runs
     */
    public void requireNoneMissing() {
        if (missing() != 0) {
            throw new AssertionError("%s buffers are missing from %s%s".formatted(missing(), pool,
                    Mempool.DEBUG ? ", held by " + pool.holders()
                            : " (assertions, -ea, would tell who holds them)"));
        }
    }

    /** Closes the pool, unless a buffer is missing: a device might still write to it. */
    @Override
    public void close() {
        if (missing() == 0) {
            pool.close();
        }
    }
}
