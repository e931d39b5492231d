// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

/** What an I/O virtual address is. Source: DPDK {@code enum rte_iova_mode}. */
public enum IovaMode {
    /** The physical address: right for every device, behind an IOMMU or not. */
    PA,
    /**
     * The virtual address of the process: only for devices behind an IOMMU and for those simulated
     * in the process. The kernel may move the pages, so no other device may be given it.
     */
    VA
}
