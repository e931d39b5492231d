// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The order in which the devices of files are attached and numbered, whatever the order of the
 * files: by name, {@code net_null2} before {@code net_null10}, and last those that stand on others.
 */
final class DeviceOrder {
    private static final Pattern LAST_DIGITS = Pattern.compile("\\d+$");

    private DeviceOrder() {
    }

    static List<DeviceSpec> of(List<DeviceSpec> specs) {
        return specs.stream().sorted(Comparator
                .comparing((DeviceSpec spec) -> specs.stream().anyMatch(one -> isOn(spec, one)))
                .thenComparing(spec -> LAST_DIGITS.matcher(spec.name()).replaceAll(""))
                .thenComparing(spec -> spec.name().length())
                .thenComparing(DeviceSpec::name)).toList();
    }

    /** Whether {@code spec} names the device of {@code other} as one that it stands on. */
    static boolean isOn(DeviceSpec spec, DeviceSpec other) {
        String name = other.name();
        return spec.devargs().all("member").contains(name) || spec.devargs().args().values()
                .stream().anyMatch(value -> value.contains("(" + name + ")")
                        || value.contains("(" + name + ","));
    }
}
