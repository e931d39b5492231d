// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.pmd.members.MemberSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The devargs of the driver, named as in DPDK.
 *
 * @param subDevices the devices below, the preferred one first: {@code dev(DEVARGS)}, {@code
 *     dev(mac=ADDRESS)}, {@code exec(COMMAND)}, {@code fd(NUMBER)}
 * @param mac        the address of the port ({@code mac=}); by default that of the first device
 *     that is there
 * @param poll       how often devices are looked for whose arrival is not reported ({@code
 *     hotplug_poll=}, in ms)
 * @param replay     whether packets that a lost device has not reported as sent are sent again
 *     ({@code replay=on|off})
 */
record FailsafeArgs(List<MemberSource> subDevices, Optional<MacAddress> mac, Duration poll,
        boolean replay) {
    private static final int DEFAULT_POLL_MILLIS = 2000;
    private static final int MIN_POLL_MILLIS = 10;
    private static final int MAX_POLL_MILLIS = 3_600_000;

    static FailsafeArgs parse(Devargs devargs) throws DeviceException {
        Set<String> sources = Set.of("dev", "exec", "fd");
        devargs.allowOnly(Set.of("dev", "exec", "fd", "mac", "hotplug_poll", "replay"), sources);
        List<MemberSource> subDevices = new ArrayList<>();
        for (String key : devargs.args().keySet()) {
            if (sources.contains(key)) {
                for (String text : devargs.nested(key)) {
                    subDevices.add(SubDeviceSource.parse(devargs.name(), key, text));
                }
            }
        }
        if (subDevices.isEmpty()) {
            throw new DeviceException("%s: no sub-device is given: dev(DEVARGS), exec(COMMAND) or "
                    .formatted(devargs.name()) + "fd(NUMBER) is needed");
        }
        return new FailsafeArgs(List.copyOf(subDevices), mac(devargs),
                Duration.ofMillis(devargs.getInt("hotplug_poll", DEFAULT_POLL_MILLIS,
                        MIN_POLL_MILLIS, MAX_POLL_MILLIS)), replay(devargs));
    }

    private static Optional<MacAddress> mac(Devargs devargs) throws DeviceException {
        String text = devargs.get("mac", null);
        if (text == null) {
            return Optional.empty();
        }
        Optional<MacAddress> mac = MacAddress.parse(text).filter(MacAddress::isUnicast);
        if (mac.isEmpty()) {
            throw new DeviceException("%s: mac=%s: a unicast address is needed (e.g. "
                    .formatted(devargs.name(), text) + "02:00:00:00:00:01)");
        }
        return mac;
    }

    private static boolean replay(Devargs devargs) throws DeviceException {
        String text = devargs.get("replay", "on");
        if (!text.equals("on") && !text.equals("off")) {
            throw new DeviceException(
                    "%s: replay=%s: on or off is needed".formatted(devargs.name(), text));
        }
        return text.equals("on");
    }
}
