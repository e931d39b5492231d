// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.FwdStream;
import io.hotbus.testpmd.Options;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mempool all ports share, made when the first is configured. Any thread. */
final class SharedMempool {
    private static final Logger LOG = LoggerFactory.getLogger(SharedMempool.class);

    private final Options options;
    private final DmaAllocator allocator;
    private Mempool pool;

    SharedMempool(Options options, DmaAllocator allocator) {
        this.options = options;
        this.allocator = allocator;
    }

    /** @throws DeviceException there is not enough memory */
    synchronized Mempool get() throws DeviceException {
        if (pool == null) {
            tellOfNeed();
            try {
                pool = new Mempool("testpmd", size(), options.mbufSize(), allocator);
            } catch (IOException e) {
                throw new DeviceException(
                        "mempool of %s mbufs of %s bytes (--total-num-mbufs, --mbuf-size): %s"
                                .formatted(size(), options.mbufSize(), e.getMessage()), e);
            }
        }
        return pool;
    }

    /**
     * How many buffers it has or will have: as the command line says, or else what the devices on
     * it may hold. DPDK's testpmd: as many for each port as descriptors and caches can take.
     */
    int size() {
        return options.totalMbufs() != 0 ? options.totalMbufs()
                : (int) Math.min(Options.MAX_MBUFS, Math.max(Options.DEFAULT_MBUFS, need()));
    }

    /** What the devices of the command line may hold. */
    private long need() {
        long pair = options.rxDescriptors() + options.txDescriptors() + EthDev.USUAL_CACHES
                + (long) FwdStream.maxBuffers(options.burst());
        return options.devices().size() * options.queues() * pair;
    }

    private void tellOfNeed() {
        if (size() < need()) {
            LOG.warn("mempool of {} mbufs: {} device(s) with {} queue(s) each may hold up to {} "
                    + "(--total-num-mbufs); a port that it cannot serve is refused", size(),
                    options.devices().size(), options.queues(), need());
        }
    }

    /**
     * Reserves what the streams from a port may hold. Devices may be attached at any time, and the
     * pool cannot grow: the port that comes is refused, for it would starve those that forward.
     *
     * @throws DeviceException so many are not left, and how many are needed
     */
    synchronized void reserveStreams(Port port) throws DeviceException {
        if (!get().reserve(streams())) {
            throw new DeviceException(("port %s (%s): forwarding may hold %s mbufs, and of %s all "
                    + "but %s are promised to others: start with --total-num-mbufs %s").formatted(
                            port.id(), port.name(), streams(), pool.capacity(),
                            pool.capacity() - pool.reserved(), pool.reserved() + streams()));
        }
    }

    /** The streams from a port hold none any more. */
    synchronized void unreserveStreams() {
        if (pool != null) {
            pool.unreserve(streams());
        }
    }

    private int streams() {
        return options.queues() * FwdStream.maxBuffers(options.burst());
    }

    synchronized int inUse() {
        return pool == null ? 0 : pool.capacity() - pool.available();
    }

    /** Frees the memory, unless some of it is still in use: a device might write to it. */
    synchronized void close() {
        if (inUse() != 0) {
            LOG.warn("mempool {}: {} mbufs are still in use, its memory is left mapped",
                    pool.name(), inUse());
        } else if (pool != null) {
            pool.close();
        }
        pool = null;
    }
}
