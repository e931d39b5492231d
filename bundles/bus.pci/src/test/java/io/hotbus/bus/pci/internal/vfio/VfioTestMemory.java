// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.IovaMode;

/** Memory of which only the addresses count: the n-th page has the n-th IOVA. */
record VfioTestMemory(String name, long address, long pageSize, IovaMode iovaMode, long... iovas)
        implements DmaMemory {
    static final long HUGEPAGE = 2 << 20;

    /** Hugepages at these physical addresses. */
    static VfioTestMemory hugepages(String name, long address, long... physical) {
        return new VfioTestMemory(name, address, HUGEPAGE, IovaMode.PA, physical);
    }

    /** Four ordinary pages, known by their virtual addresses. */
    static VfioTestMemory ordinary(String name, long address) {
        return new VfioTestMemory(name, address, 4096, IovaMode.VA,
                address, address + 4096, address + 8192, address + 12288);
    }

    @Override
    public long length() {
        return pageSize * iovas.length;
    }

    @Override
    public long iova(long virtual) {
        return iovas[(int) ((virtual - address) / pageSize)] + (virtual - address) % pageSize;
    }

    @Override
    public void close() {
    }

    @Override
    public String toString() {
        return name;
    }
}
