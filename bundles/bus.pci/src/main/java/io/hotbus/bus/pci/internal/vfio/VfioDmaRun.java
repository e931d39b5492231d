// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import io.hotbus.eal.mem.DmaMemory;
import java.util.ArrayList;
import java.util.List;

/** A range of memory that is contiguous both for the process and for the device. */
record VfioDmaRun(long address, long iova, long length) {
    /** Splits {@code memory} into as few runs as its pages allow. */
    static List<VfioDmaRun> of(DmaMemory memory) {
        List<VfioDmaRun> runs = new ArrayList<>();
        long page = memory.pageSize();
        long end = memory.address() + memory.length();
        VfioDmaRun run = new VfioDmaRun(memory.address(), memory.iova(memory.address()), 0);
        for (long address = memory.address(); address < end; address += page) {
            long iova = memory.iova(address);
            if (iova != run.iova + run.length) {
                runs.add(run);
                run = new VfioDmaRun(address, iova, 0);
            }
            run = new VfioDmaRun(run.address, run.iova, run.length + Math.min(page, end - address));
        }
        runs.add(run);
        return runs;
    }
}
