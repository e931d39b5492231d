// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An Ethernet address.
 *
 * @param value six bytes, the first on the wire in the highest of the low 48 bits
 */
public record MacAddress(long value) {
    private static final Pattern TEXT = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
    private static final int BITS = 48;
    private static final long GROUP = 1L << 40;

    /** @throws IllegalArgumentException more than 48 bits are used */
    public MacAddress {
        if (value >>> BITS != 0) {
            throw new IllegalArgumentException("%#x is no Ethernet address".formatted(value));
        }
    }

    /** Parses an address such as {@code 02:00:00:00:00:01}. */
    public static Optional<MacAddress> parse(String text) {
        return TEXT.matcher(text).matches()
                ? Optional.of(new MacAddress(Long.parseLong(text.replace(":", ""), 16)))
                : Optional.empty();
    }

    /** Whether it is a multicast or broadcast address. */
    public boolean isMulticast() {
        return (value & GROUP) != 0;
    }

    /** Whether it can be the address of a station: it is neither multicast nor zero. */
    public boolean isUnicast() {
        return !isMulticast() && value != 0;
    }

    /** The address as {@code 02:00:00:00:00:01}. */
    @Override
    public String toString() {
        String hex = HexFormat.of().toHexDigits(value, 12).toUpperCase(Locale.ROOT);
        return hex.replaceAll("(..)(?!$)", "$1:");
    }
}
