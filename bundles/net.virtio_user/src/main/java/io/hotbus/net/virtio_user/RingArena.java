// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.pmd.virtio.VirtioRing;
import java.io.IOException;
import java.util.BitSet;

/**
 * The memory of all virtqueues of a device: one block, as a back end maps few. Each virtqueue has a
 * slot in it. Control threads.
 */
final class RingArena implements DmaAllocator, AutoCloseable {
    private static final int PAGE = 4096;

    private final DmaMemory block;
    private final long slotBytes;
    private final BitSet taken = new BitSet();

    private RingArena(DmaMemory block, long slotBytes) {
        this.block = block;
        this.slotBytes = slotBytes;
    }

    /**
     * Allocates the memory for a device.
     *
     * @throws DeviceException there is none, or none that the back end could map
     */
    static RingArena allocate(DmaAllocator allocator, String device, VirtioUserArgs args)
            throws DeviceException {
        long ring = (long) VirtioRing.SPACE * args.queueSize();
        long slot = (ring + PAGE - 1) / PAGE * PAGE;
        try {
            DmaMemory block = allocator.allocate(device + " queues", 2 * args.queues() * slot);
            if (block.fd() < 0) {
                block.close();
                throw new DeviceException(device + ": " + whyNotShared("its queues lie"));
            }
            return new RingArena(block, slot);
        } catch (IOException e) {
            throw new DeviceException(device + ": no memory for its queues: " + e.getMessage(), e);
        }
    }

    static String whyNotShared(String what) {
        return what + " in memory that no other process can map: reserve hugepages (sysctl "
                + "vm.nr_hugepages=N), or set shared.memory=true in etc/io.hotbus.core.cfg, and "
                + "start hotbus again";
    }

    VhostMessage.Region region() {
        return new VhostMessage.Region(block.address(), block.length(), block.fd());
    }

    @Override
    public DmaMemory allocate(String name, long bytes, int numaNode) throws IOException {
        int slot = taken.nextClearBit(0);
        if (bytes > slotBytes || (slot + 1) * slotBytes > block.length()) {
            throw new IOException("%s: no place for %s bytes".formatted(name, bytes));
        }
        taken.set(slot);
        return new Slot(slot);
    }

    @Override
    public void close() {
        block.close();
    }

    /** The memory of one virtqueue. */
    private final class Slot implements DmaMemory {
        private final int number;

        Slot(int number) {
            this.number = number;
        }

        @Override
        public long address() {
            return block.address() + number * slotBytes;
        }

        @Override
        public long length() {
            return slotBytes;
        }

        @Override
        public long iova(long address) {
            return address;
        }

        @Override
        public long pageSize() {
            return block.pageSize();
        }

        @Override
        public void close() {
            taken.clear(number);
        }
    }
}
