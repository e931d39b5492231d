// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mempool;
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
            try {
                pool = new Mempool("testpmd", options.totalMbufs(), options.mbufSize(), allocator);
            } catch (IOException e) {
                throw new DeviceException("mempool of %s mbufs of %s bytes: %s (a smaller "
                        .formatted(options.totalMbufs(), options.mbufSize(), e.getMessage())
                        + "--total-num-mbufs helps)", e);
            }
        }
        return pool;
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
