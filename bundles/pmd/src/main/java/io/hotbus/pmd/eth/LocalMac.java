// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.ethdev.MacAddress;

/** Addresses for devices that have none of their own: the same whenever a device is attached. */
public final class LocalMac {
    private LocalMac() {
    }

    /**
     * The address of the device {@code name}.
     *
     * @param prefix the address of number 0, which must be locally administered
     * @param name   ends with the number of the device, which makes the last two bytes
     */
    public static MacAddress of(long prefix, String name) {
        String digits = name.replaceFirst(".*?(\\d*)$", "$1");
        int number = 0;
        for (int i = 0; i < digits.length(); i++) {
            number = number * 10 + digits.charAt(i) - '0';
        }
        return new MacAddress(prefix | number & 0xffff);
    }
}
