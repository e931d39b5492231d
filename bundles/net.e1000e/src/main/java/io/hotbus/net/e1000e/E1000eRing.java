// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.DmaMemory;
import java.io.IOException;

/** The memory of a descriptor ring: contiguous for the device, too. Control thread. */
final class E1000eRing implements AutoCloseable {
    private final DmaMemory memory;
    private final int bytes;

    private E1000eRing(DmaMemory memory, int bytes) {
        this.memory = memory;
        this.bytes = bytes;
    }

    /**
     * @param label names the device and the queue
     * @throws DeviceException no memory, or none that the device can be given; the cure
     */
    static E1000eRing allocate(DmaAllocator allocator, PciDevice device, String label,
            int descriptors) throws DeviceException {
        int bytes = descriptors * E1000eDescriptor.BYTES;
        DmaMemory memory;
        try {
            memory = allocator.allocate(label, bytes, device.function().numaNode());
        } catch (IOException e) {
            throw new DeviceException(label + ": no memory for its ring: " + e.getMessage(), e);
        }
        try {
            device.requireReachable(memory);
            requireContiguous(memory, bytes, label);
            return new E1000eRing(memory, bytes);
        } catch (DeviceException | RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    private static void requireContiguous(DmaMemory memory, int bytes, String label)
            throws DeviceException {
        long page = memory.pageSize();
        long iova = memory.iova(memory.address());
        for (long offset = page; offset < bytes; offset += page) {
            if (memory.iova(memory.address() + offset) != iova + offset) {
                throw new DeviceException(("%s: its ring of %s bytes is not contiguous in pages of "
                        + "%s bytes: reserve hugepages, or configure at most %s descriptors")
                        .formatted(label, bytes, page, page / E1000eDescriptor.BYTES));
            }
        }
    }

    long address() {
        return memory.address();
    }

    long iova() {
        return memory.iova(memory.address());
    }

    int bytes() {
        return bytes;
    }

    void clear() {
        RawMemory.fill(address(), bytes, (byte) 0);
    }

    @Override
    public void close() {
        memory.close();
    }
}
