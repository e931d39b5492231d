// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.QueueSetup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mempools of the ports: one for each NUMA node that has ports, created when the first of them
 * is configured. All have the same size. Any thread.
 */
final class PortMempools {
    private static final Logger LOG = LoggerFactory.getLogger(PortMempools.class);
    /** The number of bursts that an lcore caches. */
    private static final int BURSTS_CACHED = 4;

    private final Options options;
    private final Mempools mempools;
    /** By NUMA node. */
    private final Map<Integer, Mempool> pools = new TreeMap<>();
    /** Each pool has reserved the buffers that the lcores of this configuration may hold. */
    private FwdConfig lcoreConfig;

    PortMempools(Options options, Mempools mempools) {
        this.options = options;
        this.mempools = mempools;
        this.lcoreConfig = options.forwarding();
    }

    /**
     * The pool of ports on that NUMA node.
     *
     * @throws DeviceException there is not enough memory
     */
    synchronized Mempool get(int numaNode) throws DeviceException {
        int node = options.numa() ? numaNode : DmaAllocator.ANY_NODE;
        Mempool pool = pools.get(node);
        if (pool == null) {
            pool = create(node);
            pools.put(node, pool);
        }
        return pool;
    }

    private Mempool create(int node) throws DeviceException {
        requireEnoughForLcores();
        tellOfNeed();
        String name = node == DmaAllocator.ANY_NODE ? "testpmd" : "testpmd, node " + node;
        try {
            Mempool pool = mempools.create(name, size(), options.mbufSize(), node);
            pool.reserve(lcores(lcoreConfig));
            return pool;
        } catch (IOException e) {
            throw new DeviceException(
                    "mempool of %s mbufs of %s bytes (--total-num-mbufs, --mbuf-size): %s"
                            .formatted(size(), options.mbufSize(), e.getMessage()), e);
        }
    }

    /**
     * Reserves the buffers that the lcores of {@code config} may hold, instead of those before.
     *
     * @throws DeviceException a pool has too few; then nothing has changed
     */
    synchronized void reserveFor(FwdConfig config) throws DeviceException {
        int held = lcores(lcoreConfig);
        int more = lcores(config) - held;
        List<Mempool> changed = new ArrayList<>();
        for (Mempool pool : pools.values()) {
            if (more > 0 && !pool.reserve(more)) {
                changed.forEach(other -> other.unreserve(more));
                throw new DeviceException(("mempool of %s mbufs: %s lcore(s) with bursts of %s may "
                        + "hold %s, and %s are promised to ports: start with a larger "
                        + "--total-num-mbufs")
                        .formatted(size(), config.nbCores(), config.burst(), held + more,
                                pool.reserved() - held));
            } else if (more < 0) {
                pool.unreserve(-more);
            }
            changed.add(pool);
        }
        lcoreConfig = config;
    }

    /**
     * The number of buffers: as the command line says, otherwise as many as the devices there may
     * hold. DPDK's testpmd: as many for each port as descriptors and caches can take.
     */
    int size() {
        return options.totalMbufs() != 0 ? options.totalMbufs()
                : (int) Math.min(Options.MAX_MBUFS, Math.max(Options.DEFAULT_MBUFS, need()));
    }

    /** How many buffers the devices of the command line and of files may hold. */
    private long need() {
        FwdConfig config = options.forwarding();
        return devices() * config.queues().buffers() + lcores(config)
                + options.described().stream().mapToLong(QueueSetup::buffers).sum();
    }

    /** The devices of the command line, and those nested in their devargs. */
    private long devices() {
        return options.devices().size() + options.devices().stream()
                .flatMapToInt(String::chars).filter(c -> c == '(').count();
    }

    private void requireEnoughForLcores() throws DeviceException {
        int held = lcores(lcoreConfig);
        if (size() < held) {
            throw new DeviceException(("mempool of %s mbufs: %s lcore(s) with bursts of %s may "
                    + "hold %s: start with --total-num-mbufs %s or more").formatted(size(),
                            lcoreConfig.nbCores(), lcoreConfig.burst(), held,
                            Math.max(need(), held)));
        }
    }

    private void tellOfNeed() {
        if (size() < need()) {
            LOG.warn("mempool of {} mbufs: {} device(s) with {} queue(s) each may hold up to {} "
                    + "(--total-num-mbufs); a port that it cannot serve is refused", size(),
                    options.devices().size() + options.described().size(),
                    options.forwarding().queues().rx(), need());
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

    /** How many buffers of all pools are not free. */
    synchronized int inUse() {
        return pools.values().stream().mapToInt(PortMempools::inUse).sum();
    }

    private static int inUse(Mempool pool) {
        return pool.capacity() - pool.available();
    }

    /** Frees the memory of each pool, unless some of it is in use: a device might write to it. */
    synchronized void close() {
        for (Mempool pool : pools.values()) {
            if (inUse(pool) == 0) {
                pool.close();
            } else {
                LOG.warn("mempool {}: {} mbufs are still in use, its memory is left mapped{}",
                        pool.name(), inUse(pool), Mempool.DEBUG ? ": " + pool.holders() : "");
            }
        }
        pools.clear();
    }
}
