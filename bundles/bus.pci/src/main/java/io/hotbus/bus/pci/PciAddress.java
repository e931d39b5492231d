// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a PCI function is: {@code 0000:03:00.0}. Source: DPDK {@code struct rte_pci_addr}.
 *
 * @param domain   0 to 0xffffffff; more than 0xffff if Hyper-V or VMD assigns it
 * @param bus      0 to 255
 * @param device   0 to 31
 * @param function 0 to 7
 */
public record PciAddress(long domain, int bus, int device, int function)
        implements Comparable<PciAddress> {
    private static final Pattern TEXT = Pattern.compile(
            "(?:([0-9a-fA-F]{4,8}):)?([0-9a-fA-F]{2}):([0-9a-fA-F]{2})\\.([0-7])");
    private static final Comparator<PciAddress> ORDER =
            Comparator.comparingLong(PciAddress::domain).thenComparingInt(PciAddress::bus)
                    .thenComparingInt(PciAddress::device).thenComparingInt(PciAddress::function);

    /** Parses {@code 0000:03:00.0}, or {@code 03:00.0} for domain 0; empty for anything else. */
    public static Optional<PciAddress> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long domain = matcher.group(1) == null ? 0 : Long.parseLong(matcher.group(1), 16);
        int device = Integer.parseInt(matcher.group(3), 16);
        if (device > 31) {
            return Optional.empty();
        }
        return Optional.of(new PciAddress(domain, Integer.parseInt(matcher.group(2), 16), device,
                Integer.parseInt(matcher.group(4))));
    }

    @Override
    public int compareTo(PciAddress other) {
        return ORDER.compare(this, other);
    }

    /** The address as sysfs writes it. */
    @Override
    public String toString() {
        return "%04x:%02x:%02x.%x".formatted(domain, bus, device, function);
    }
}
