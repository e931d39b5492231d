// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci;

/**
 * What a PCI function is, or which functions a driver is for: each number, or {@link #ANY}.
 * Source: DPDK {@code struct rte_pci_id}.
 *
 * @param vendor          16 bits
 * @param device          16 bits
 * @param subsystemVendor 16 bits
 * @param subsystemDevice 16 bits
 * @param classCode       24 bits: class, subclass, programming interface
 */
public record PciId(
        int vendor, int device, int subsystemVendor, int subsystemDevice, int classCode) {
    /** Matches whatever the function has there. */
    public static final int ANY = -1;

    /** Every function of this kind. DPDK: {@code RTE_PCI_DEVICE}. */
    public static PciId of(int vendor, int device) {
        return new PciId(vendor, device, ANY, ANY, ANY);
    }

    /** Whether {@code function}, which holds no {@link #ANY}, is one of those meant here. */
    public boolean matches(PciId function) {
        return matches(vendor, function.vendor) && matches(device, function.device)
                && matches(subsystemVendor, function.subsystemVendor)
                && matches(subsystemDevice, function.subsystemDevice)
                && matches(classCode, function.classCode);
    }

    private static boolean matches(int wanted, int there) {
        return wanted == ANY || wanted == there;
    }

    /** How many of the numbers are given: of two that match, the one with more is meant. */
    public int precision() {
        int precision = 0;
        for (int number : new int[] {
                vendor, device, subsystemVendor, subsystemDevice, classCode}) {
            precision += number == ANY ? 0 : 1;
        }
        return precision;
    }

    /** {@code 8086:10d3}, as lspci has it. */
    @Override
    public String toString() {
        return hex(vendor) + ":" + hex(device);
    }

    private static String hex(int number) {
        return number == ANY ? "*" : "%04x".formatted(number);
    }
}
