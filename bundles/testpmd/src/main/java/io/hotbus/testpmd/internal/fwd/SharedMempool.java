// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.testpmd.FwdConfig;
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
    /** Buffers of the pool that are reserved for lcores. */
    private int reserved;
    private FwdConfig lcoreConfig;

    SharedMempool(Options options, Mempools mempools) {
        this.options = options;
        this.mempools = mempools;
        this.lcoreConfig = options.forwarding();
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
            reserveFor(lcoreConfig);
        }
        return pool;
    }

    /**
     * Reserves the buffers that the lcores of {@code config} may hold, instead of those before.
     *
     * @throws DeviceException there are too few
     */
    synchronized void reserveFor(FwdConfig config) throws DeviceException {
        int wanted = lcores(config);
        if (pool != null && wanted != reserved) {
            reserve(config, wanted);
        }
        lcoreConfig = config;
    }

    private void reserve(FwdConfig config, int wanted) throws DeviceException {
        pool.unreserve(reserved);
        if (!pool.reserve(wanted)) {
            pool.reserve(reserved);
            throw new DeviceException(("mempool of %s mbufs: %s lcore(s) with bursts of %s may "
                    + "hold %s, and %s are promised to ports: start with a larger "
                    + "--total-num-mbufs")
                    .formatted(size(), config.nbCores(), config.burst(), wanted,
                            pool.reserved() - reserved));
        }
        reserved = wanted;
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
        FwdConfig config = options.forwarding();
        return options.devices().size() * config.queues().buffers() + lcores(config);
    }

    private void requireEnoughForLcores() throws DeviceException {
        FwdConfig config = options.forwarding();
        if (size() < lcores(config)) {
            throw new DeviceException(("mempool of %s mbufs: %s lcore(s) with bursts of %s may "
                    + "hold %s: start with --total-num-mbufs %s or more").formatted(size(),
                            config.nbCores(), config.burst(), lcores(config), need()));
        }
    }

    private void tellOfNeed() {
        if (size() < need()) {
            LOG.warn("mempool of {} mbufs: {} device(s) with {} queue(s) each may hold up to {} "
                    + "(--total-num-mbufs); a port that it cannot serve is refused", size(),
                    options.devices().size(), options.forwarding().queues().rx(), need());
        }
    }

    /** Creates the caches of the lcore of that name. */
    MempoolCaches caches(String lcore, int size) {
        return mempools.caches(lcore, size);
    }

    /** For a control thread. */
    MempoolCaches uncached() {
        return mempools.uncached();
    }

    /** How many buffers an lcore caches. */
    static int cacheSize(FwdConfig config) {
        return Math.max(MempoolCaches.DEFAULT_CAPACITY, BURSTS_CACHED * config.burst());
    }

    /** How many buffers lcores may hold: their caches, and a burst. */
    private static int lcores(FwdConfig config) {
        return config.nbCores() * (cacheSize(config) + config.burst());
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
        reserved = 0;
    }
}
