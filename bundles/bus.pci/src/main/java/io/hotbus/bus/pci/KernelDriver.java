// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kernel drivers that hand a function out to user space. Source: DPDK {@code
 * rte_pci_kernel_driver}.
 */
public enum KernelDriver {
    /**
     * The module in {@code kmod/}: mappings fault as soon as the function goes. Physical addresses.
     */
    IGB_UIO("igb_uio"),
    /**
     * INTx only. BARs are mapped through sysfs; since Linux 5.12 such a mapping does not fault when
     * the function goes. Physical addresses.
     */
    UIO_PCI_GENERIC("uio_pci_generic"),
    /** With an IOMMU; without an IOMMU, it works with a warning. */
    VFIO_PCI("vfio-pci"),
    /** None: BARs through sysfs, no interrupt. Physical addresses. */
    NONE("none");

    private final String text;

    KernelDriver(String text) {
        this.text = text;
    }

    /** The name as in {@code /sys/bus/pci/drivers}; {@code none} for {@link #NONE}. */
    public String text() {
        return text;
    }

    /**
     * The driver that the function is bound to, as in {@code /sys/bus/pci/drivers}; empty for none.
     */
    public Optional<String> bound() {
        return this == NONE ? Optional.empty() : Optional.of(text);
    }

    /** The kernel driver of that name, if it is one of these. */
    public static Optional<KernelDriver> of(String text) {
        return Stream.of(values()).filter(driver -> driver.text.equals(text)).findFirst();
    }
}
