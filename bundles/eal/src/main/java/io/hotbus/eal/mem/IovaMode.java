// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

/** The kind of I/O virtual addresses. Source: DPDK {@code enum rte_iova_mode}. */
public enum IovaMode {
    /** The physical address: right for every device, behind an IOMMU or not. */
    PA,
    /**
     * The virtual address of the process: only for devices behind an IOMMU and devices simulated in
     * the process. The kernel may move the pages, so other devices must not use it.
     */
    VA
}
