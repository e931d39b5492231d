// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import java.util.HexFormat;
import java.util.Locale;

/**
 * Limits and facts of a device.
 *
 * @param driver     the driver's name, {@code net_sim}
 * @param macAddress six bytes, the first on the wire in the highest of the low 48 bits
 * @param rx         of its receive queues
 * @param tx         of its transmit queues
 */
public record EthDevInfo(String driver, long macAddress, QueueLimits rx, QueueLimits tx) {
    /** A device whose receive and transmit queues have the same limits. */
    public EthDevInfo(String driver, long macAddress, QueueLimits both) {
        this(driver, macAddress, both, both);
    }

    /** {@code 02:00:00:00:00:01}. */
    public String macText() {
        String hex = HexFormat.of().toHexDigits(macAddress, 12).toUpperCase(Locale.ROOT);
        return hex.replaceAll("(..)(?!$)", "$1:");
    }
}
