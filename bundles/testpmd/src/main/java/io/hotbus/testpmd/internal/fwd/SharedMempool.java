// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.testpmd.Options;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mempool of all ports, created when the first port is configured. Any thread. */
final class SharedMempool {
    private static final Logger LOG = LoggerFactory.getLogger(SharedMempool.class);
    /** The number of bursts that an lcore caches. */
    private static final int BURSTS_CACHED = 4;

    private final Options options;
    private final Mempools mempools;
    private Mempool pool;

    SharedMempool(Options options, Mempools mempools) {
        this.options = options;
        this.mempools = mempools;
    }

    /** @throws DeviceException there is not enough memory */
    synchronized Mempool get() throws DeviceException {
        if (pool == null) {
            requireEnoughForLcores();
            tellOfNeed();
            try {
                pool = mempools.create("testpmd", size(), options.mbufSize());
            } catch (IOException e) {
                throw new DeviceException(
                        "mempool of %s mbufs of %s bytes (--total-num-mbufs, --mbuf-size): %s"
                                .formatted(size(), options.mbufSize(), e.getMessage()), e);
            }
            pool.reserve(lcores());
        }
        return pool;
    }

    /**
     * The number of buffers: as the command line says, otherwise as many as the devices there may
     * hold. DPDK's testpmd: as many for each port as descriptors and caches can take.
     */
    int size() {
        return options.totalMbufs() != 0 ? options.totalMbufs()
                : (int) Math.min(Options.MAX_MBUFS, Math.max(Options.DEFAULT_MBUFS, need()));
    }

    /** How many buffers the devices of the command line may hold. */
    private long need() {
        long pair = options.rxDescriptors() + options.txDescriptors();
        return options.devices().size() * options.queues() * pair + lcores();
    }

    private void requireEnoughForLcores() throws DeviceException {
        if (size() < lcores()) {
            throw new DeviceException(("mempool of %s mbufs: %s lcore(s) with bursts of %s may "
                    + "hold %s: start with --total-num-mbufs %s or more").formatted(size(),
                            options.nbCores(), options.burst(), lcores(), need()));
        }
    }

    private void tellOfNeed() {
        if (size() < need()) {
            LOG.warn("mempool of {} mbufs: {} device(s) with {} queue(s) each may hold up to {} "
                    + "(--total-num-mbufs); a port that it cannot serve is refused", size(),
                    options.devices().size(), options.queues(), need());
        }
    }

    /** Creates the caches of the lcore of that name. */
    MempoolCaches caches(String lcore) {
        return mempools.caches(lcore, cacheSize());
    }

    /** For a control thread. */
    MempoolCaches uncached() {
        return mempools.uncached();
    }

    private int cacheSize() {
        return Math.max(MempoolCaches.DEFAULT_CAPACITY, BURSTS_CACHED * options.burst());
    }

    /** How many buffers lcores may hold: their caches, and a burst. */
    private int lcores() {
        return options.nbCores() * (cacheSize() + options.burst());
    }

    synchronized int inUse() {
        return pool == null ? 0 : pool.capacity() - pool.available();
    }

    /** Frees the memory, unless some of it is still in use: a device might write to it. */
    synchronized void close() {
        if (inUse() != 0) {
            LOG.warn("mempool {}: {} mbufs are still in use, its memory is left mapped{}",
                    pool.name(), inUse(), Mempool.DEBUG ? ": " + pool.holders() : "");
        } else if (pool != null) {
            pool.close();
        }
        pool = null;
    }
}
