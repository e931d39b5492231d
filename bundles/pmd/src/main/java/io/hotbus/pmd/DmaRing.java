// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.DmaMemory;
import java.io.IOException;

/** The memory of a descriptor ring, which is contiguous for the device, too. Control threads. */
public final class DmaRing implements AutoCloseable {
    /**
     * The size of a ring.
     *
     * @param descriptors     the number of descriptors
     * @param descriptorBytes the length of each descriptor
     */
    public record Layout(int descriptors, int descriptorBytes) {
        int bytes() {
            return descriptors * descriptorBytes;
        }
    }

    private final DmaMemory memory;
    private final int bytes;

    private DmaRing(DmaMemory memory, int bytes) {
        this.memory = memory;
        this.bytes = bytes;
    }

    /**
     * Allocates a ring that {@code reach} accepts.
     *
     * @param label    names the device and the queue
     * @param numaNode the node for the memory; see {@link DmaAllocator#allocate}
     * @throws DeviceException there is no memory, or none that the device can reach; the message
     *                         says what to do
     */
    public static DmaRing allocate(DmaAllocator allocator, String label, Layout layout,
            int numaNode, DmaReach reach) throws DeviceException {
        DmaMemory memory;
        try {
            memory = allocator.allocate(label, layout.bytes(), numaNode);
        } catch (IOException e) {
            throw new DeviceException(label + ": no memory for its ring: " + e.getMessage(), e);
        }
        try {
            reach.require(memory);
            requireContiguous(memory, layout, label);
            return new DmaRing(memory, layout.bytes());
        } catch (DeviceException | RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    private static void requireContiguous(DmaMemory memory, Layout layout, String label)
            throws DeviceException {
        long page = memory.pageSize();
        long iova = memory.iova(memory.address());
        for (long offset = page; offset < layout.bytes(); offset += page) {
            if (memory.iova(memory.address() + offset) != iova + offset) {
                throw new DeviceException(("%s: its ring of %s bytes is not contiguous in pages of "
                        + "%s bytes: reserve hugepages, or configure at most %s descriptors")
                        .formatted(label, layout.bytes(), page, page / layout.descriptorBytes()));
            }
        }
    }

    /** The address of the first descriptor. */
    public long address() {
        return memory.address();
    }

    /** The address of the first descriptor as the device sees it. */
    public long iova() {
        return memory.iova(memory.address());
    }

    /** The length of all descriptors together, in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Sets all descriptors to zero. */
    public void clear() {
        RawMemory.fill(address(), bytes, (byte) 0);
    }

    /** Frees the memory, which the device must no longer be able to reach. Idempotent. */
    @Override
    public void close() {
        memory.close();
    }
}
