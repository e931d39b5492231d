// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.ethdev.MacAddress;

/** Makes addresses for devices that have none. A device gets the same address at each attach. */
public final class LocalMac {
    private LocalMac() {
    }

    /**
     * Returns the address of the device {@code name}.
     *
     * @param prefix the address of device number 0, which must be locally administered
     * @param name   the name, which ends with the device number; the number sets the last two bytes
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
