// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.DeviceException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What the operator has set, as framework properties.
 *
 * @param sysfs where sysfs is mounted
 * @param dev   where the device nodes are
 * @param allow the functions that may be used; none given: all
 * @param block those that may not
 */
record PciSettings(Path sysfs, Path dev, Set<PciAddress> allow, Set<PciAddress> block) {
    static final String SYSFS = "hotbus.pci.sysfs";
    static final String DEV = "hotbus.pci.dev";
    /** Addresses, separated by commas or blanks. */
    static final String ALLOW = "hotbus.pci.allow";
    /** As {@link #ALLOW}. */
    static final String BLOCK = "hotbus.pci.block";

    PciSettings {
        allow = Set.copyOf(allow);
        block = Set.copyOf(block);
    }

    /**
     * {@code property} gives null where one is not set.
     *
     * @throws IllegalArgumentException naming the property and what is wrong with it
     */
    static PciSettings of(UnaryOperator<String> property) {
        return new PciSettings(root(property, SYSFS, "/sys"), root(property, DEV, "/dev"),
                addresses(property, ALLOW), addresses(property, BLOCK));
    }

    private static Path root(UnaryOperator<String> property, String key, String otherwise) {
        String value = property.apply(key);
        Path root = Path.of(value == null || value.isBlank() ? otherwise : value.strip());
        if (!root.isAbsolute()) {
            throw new IllegalArgumentException(
                    "%s=%s: an absolute path is needed".formatted(key, value));
        }
        return root;
    }

    private static Set<PciAddress> addresses(UnaryOperator<String> property, String key) {
        String value = property.apply(key);
        Set<PciAddress> addresses = new HashSet<>();
        for (String word : (value == null ? "" : value).split("[,\\s]+")) {
            if (!word.isEmpty()) {
                addresses.add(PciAddress.parse(word).orElseThrow(() -> new IllegalArgumentException(
                        "%s: '%s' is not a PCI address (0000:03:00.0)".formatted(key, word))));
            }
        }
        return addresses;
    }

    /** Whether the function may be used. */
    boolean allows(PciAddress address) {
        return !block.contains(address) && (allow.isEmpty() || allow.contains(address));
    }

    /** @throws DeviceException it may not be used, and which setting says so */
    void requireAllowed(PciAddress address) throws DeviceException {
        if (!allows(address)) {
            throw new DeviceException(block.contains(address)
                    ? "%s: is blocked (%s)".formatted(address, BLOCK)
                    : "%s: is not among those allowed (%s)".formatted(address, ALLOW));
        }
    }
}
