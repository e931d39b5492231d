// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.DmaMemory;
import java.io.IOException;

/** The memory of a descriptor ring: contiguous for the device, too. Control threads. */
public final class DmaRing implements AutoCloseable {
    /**
     * How a ring is laid out.
     *
     * @param descriptors     how many the ring has
     * @param descriptorBytes the length of each
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
     * @param numaNode where it is to lie; see {@link DmaAllocator#allocate}
     * @throws DeviceException there is no memory, or none that the device can be given; the cure
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

    /** Where the first descriptor is. */
    public long address() {
        return memory.address();
    }

    /** Where the device finds it. */
    public long iova() {
        return memory.iova(memory.address());
    }

    /** The length of all descriptors. */
    public int bytes() {
        return bytes;
    }

    /** Sets all descriptors to zero. */
    public void clear() {
        RawMemory.fill(address(), bytes, (byte) 0);
    }

    /** Frees the memory. The device cannot reach it any more. Idempotent. */
    @Override
    public void close() {
        memory.close();
    }
}
