// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.IovaMode;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import org.osgi.annotation.versioning.ConsumerType;

/** Checks which memory a device can reach. A device on a bus with DMA has a method like this. */
@ConsumerType
@FunctionalInterface
public interface DmaReach {
    /**
     * Requires that the device can reach {@code memory}.
     *
     * @throws DeviceException the device cannot; the message says why and what to do
     */
    void require(DmaMemory memory) throws DeviceException;

    /**
     * Requires that the device can reach each buffer of {@code pool} through one address.
     *
     * @param label names the device and the queue
     * @throws DeviceException the device cannot; the message says why and what to do
     */
    default void requireBuffers(Mempool pool, String label) throws DeviceException {
        require(pool.memory());
        long page = pool.memory().pageSize();
        if (pool.memory().iovaMode() == IovaMode.PA
                && Mbuf.HEADER + Mbuf.HEADROOM + pool.dataRoom() > page) {
            throw new DeviceException(("%s: the buffers of mempool %s, with %s bytes for data, are "
                    + "not contiguous in pages of %s bytes: reserve hugepages")
                    .formatted(label, pool.name(), pool.dataRoom(), page));
        }
    }
}
