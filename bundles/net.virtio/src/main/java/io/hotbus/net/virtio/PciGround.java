// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.IovaMode;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.pmd.DmaReach;
import io.hotbus.pmd.DmaRing;
import io.hotbus.pmd.virtio.VirtioFeature;
import io.hotbus.pmd.virtio.VirtioGround;

/** A function on PCI reaches all memory for devices, by IOVAs. */
record PciGround(PciDevice function, DmaAllocator allocator, long features)
        implements VirtioGround {
    @Override
    public String device() {
        return function.name();
    }

    @Override
    public boolean isCut() {
        return function.isGone();
    }

    @Override
    public boolean takesVirtualAddresses() {
        return false;
    }

    @Override
    public boolean reaches(long mbuf) {
        return true;
    }

    @Override
    public void requireBuffers(Mempool pool, String label) throws DeviceException {
        requirePlatform(pool.memory(), label);
        DmaReach reach = function::requireReachable;
        reach.requireBuffers(pool, label);
    }

    @Override
    public DmaRing allocate(String label, int descriptors, int bytesOfEach) throws DeviceException {
        return DmaRing.allocate(allocator, label,
                new DmaRing.Layout(descriptors, bytesOfEach), function.function().numaNode(),
                block -> {
                    requirePlatform(block, label);
                    function.requireReachable(block);
                });
    }

    /** Without ACCESS_PLATFORM the device uses physical addresses, past any IOMMU; 6. */
    private void requirePlatform(DmaMemory memory, String label) throws DeviceException {
        if (memory.iovaMode() == IovaMode.VA
                && !VirtioFeature.has(features, VirtioFeature.ACCESS_PLATFORM)) {
            throw new DeviceException(label + ": the device bypasses the IOMMU, which "
                    + function.kernelDriver().text() + " relies on (QEMU: virtio-net-pci,"
                    + "iommu_platform=on,disable-legacy=on; or bind it to igb_uio)");
        }
    }
}
