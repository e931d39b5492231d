// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci;

/**
 * The ids of a PCI function, or the functions that a driver is for; each number may be {@link
 * #ANY}. Source: DPDK {@code struct rte_pci_id}.
 *
 * @param vendor          16 bits
 * @param device          16 bits
 * @param subsystemVendor 16 bits
 * @param subsystemDevice 16 bits
 * @param classCode       24 bits: class, subclass, programming interface
 */
public record PciId(
        int vendor, int device, int subsystemVendor, int subsystemDevice, int classCode) {
    /** Matches any number of the function. */
    public static final int ANY = -1;

    /** Matches every function with these two numbers. DPDK: {@code RTE_PCI_DEVICE}. */
    public static PciId of(int vendor, int device) {
        return new PciId(vendor, device, ANY, ANY, ANY);
    }

    /** Whether this id matches {@code function}, which contains no {@link #ANY}. */
    public boolean matches(PciId function) {
        return matches(vendor, function.vendor) && matches(device, function.device)
                && matches(subsystemVendor, function.subsystemVendor)
                && matches(subsystemDevice, function.subsystemDevice)
                && matches(classCode, function.classCode);
    }

    private static boolean matches(int wanted, int there) {
        return wanted == ANY || wanted == there;
    }

    /** How many of the numbers are given. Of two ids that match, the more precise one wins. */
    public int precision() {
        int precision = 0;
        for (int number : new int[] {
                vendor, device, subsystemVendor, subsystemDevice, classCode}) {
            precision += number == ANY ? 0 : 1;
        }
        return precision;
    }

    /** Vendor and device as lspci writes them: {@code 8086:10d3}. */
    @Override
    public String toString() {
        return hex(vendor) + ":" + hex(device);
    }

    private static String hex(int number) {
        return number == ANY ? "*" : "%04x".formatted(number);
    }
}
