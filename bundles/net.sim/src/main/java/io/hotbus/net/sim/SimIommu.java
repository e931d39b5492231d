// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.mem.DmaMemory;
import java.util.Arrays;
import java.util.Collection;

/**
 * The I/O page table of one NIC: which memory it may reach. Thread {@code sim-hw}, but
 * {@link #table}.
 */
final class SimIommu {
    /** Stands for "not allowed": no buffer lies at address 0. */
    static final long FAULT = 0;

    private static final int STRIDE = 3;
    private static final int IOVA = 0;
    private static final int ADDRESS = 1;
    private static final int LENGTH = 2;

    /** Triples of IOVA, virtual address and length. */
    private long[] ranges = {};

    /** For {@link #replace}: the pages of {@code memories}, neighbours merged. Any thread. */
    static long[] table(Collection<DmaMemory> memories) {
        long[] table = new long[8 * STRIDE];
        int end = 0;
        for (DmaMemory memory : memories) {
            long page = memory.pageSize();
            for (long done = 0; done < memory.length(); done += page) {
                long address = memory.address() + done;
                long iova = memory.iova(address);
                long length = Math.min(page, memory.length() - done);
                int last = end - STRIDE;
                if (done > 0 && table[last + IOVA] + table[last + LENGTH] == iova) {
                    table[last + LENGTH] += length;
                    continue;
                }
                if (end == table.length) {
                    table = Arrays.copyOf(table, 2 * end);
                }
                table[end + IOVA] = iova;
                table[end + ADDRESS] = address;
                table[end + LENGTH] = length;
                end += STRIDE;
            }
        }
        return Arrays.copyOf(table, end);
    }

    /** Lets the NIC reach only the pages in {@code table} from now on. */
    void replace(long[] table) {
        ranges = table;
    }

    /** The virtual address of {@code length} bytes at {@code iova}; {@link #FAULT}: not allowed. */
    long translate(long iova, int length) {
        long[] table = ranges;
        for (int i = 0; i < table.length; i += STRIDE) {
            long offset = iova - table[i + IOVA];
            if (offset >= 0 && offset <= table[i + LENGTH] - length) {
                return table[i + ADDRESS] + offset;
            }
        }
        return FAULT;
    }
}
