// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

/** Splits the name of a virtual device into the driver's name and a number. */
final class VdevName {
    private VdevName() {
    }

    /** Whether {@code device} consists of {@code driver} and a number: {@code net_null0}. */
    static boolean isOf(String device, String driver) {
        return device.startsWith(driver) && device.length() > driver.length()
                && device.chars().skip(driver.length()).allMatch(VdevName::isDigit);
    }

    /** The part before the number: {@code net_foo} of {@code net_foo12}. */
    static String driverPart(String device) {
        int end = device.length();
        while (end > 0 && isDigit(device.charAt(end - 1))) {
            end--;
        }
        return device.substring(0, end);
    }

    /** Whether {@code name} looks like {@code net_foo0}: words with underscores, then a number. */
    static boolean isVdevName(String name) {
        return name.indexOf('_') > 0 && name.charAt(0) >= 'a' && name.charAt(0) <= 'z'
                && isDigit(name.charAt(name.length() - 1))
                && name.chars().allMatch(c -> c == '_' || c >= 'a' && c <= 'z' || isDigit(c));
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
